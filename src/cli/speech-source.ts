import { randomUUID } from 'node:crypto';
import { toSpeechError, SpeechError, isSpeechError, ERROR_TABLE, type ErrorCode } from '../core/speech-error.js';
import { silentLog } from '../core/call-context.js';
import { openGateway, unwatched } from '../gateway/open-gateway.js';
import { createLog } from '../telemetry/log.js';
import { parseWire } from '../transports/wire/parse-wire.js';
import { speechRequestSchema, toSpeechRequest } from '../transports/wire/speech-request-schema.js';
import { readConfig } from './read-config.js';

/** The request of `say`, under its wire names. */
export type SayRequest = Readonly<Record<string, unknown>>;

/** Audio as it is made. Throws `SpeechError`; a server that does not answer is an `UnreachableError`. */
export type SpeechSource = (request: SayRequest, signal: AbortSignal) => AsyncIterable<Buffer>;

/** Longest wait for an engine before its first speech begins to count its own time. */
const ENGINE_LOAD_MS = 20_000;

export class UnreachableError extends Error {}

/** Speaks in this process: no server is needed. */
export function inProcess(configPath: string | undefined): SpeechSource {
  return async function* (wire, signal) {
    const { config } = await readConfig(configPath);
    const request = toSpeechRequest(parseWire(speechRequestSchema, wire), 'wav');
    const log = createLog('warn', process.stderr);
    const gateway = await openGateway({ config, log, observers: unwatched });
    try {
      await gateway.status.ready(ENGINE_LOAD_MS);
      const call = {
        sessionId: randomUUID(),
        requestId: randomUUID(),
        transport: 'cli' as const,
        signal,
        receivedAtMs: performance.now(),
        log: silentLog,
      };
      for await (const part of gateway.sessions.speakOnce(request, call)) if (part.type === 'audio') yield part.data;
    } finally {
      await gateway.close();
    }
  };
}

/** Speaks through a running server. */
export function throughServer(url: string): SpeechSource {
  return async function* (request, signal) {
    const response = await reach(new URL('/synthesize', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal,
    });
    if (!response.body) return;
    try {
      for await (const chunk of response.body) yield Buffer.from(chunk);
    } catch (error) {
      throw new SpeechError('incomplete', 'The server broke off in the middle of the speech.', { cause: error });
    }
  };
}

/** Throws `UnreachableError`, or the server's own error. */
export async function reach(url: URL, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (isSpeechError(init.signal?.reason)) throw toSpeechError(init.signal.reason);
    throw new UnreachableError(`${url.origin} does not answer.`, { cause: error });
  }
  if (response.ok) return response;
  const body = (await response.json().catch(() => ({}))) as { error?: { code?: string; message?: string } };
  const { code = 'internal', message = `The server answered ${response.status}.` } = body.error ?? {};
  throw new SpeechError(Object.hasOwn(ERROR_TABLE, code) ? (code as ErrorCode) : 'internal', message);
}
