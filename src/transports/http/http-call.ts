import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CallContext, Log, TransportName } from '../../core/call-context.js';
import { SpeechError } from '../../core/speech-error.js';
import { SpeechSessions } from '../../gateway/speech-sessions.js';

/** The call of one HTTP request. Its signal aborts with `cancelled` when the client goes away before the answer ends. */
export function httpCall(
  request: FastifyRequest,
  reply: FastifyReply,
  transport: TransportName,
  log: Log,
): CallContext {
  const controller = new AbortController();
  const { raw } = reply;
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort(new SpeechError('cancelled', 'The client closed the connection.'));
  });
  return {
    sessionId: SpeechSessions.newId(),
    requestId: request.id,
    transport,
    signal: controller.signal,
    receivedAtMs: performance.now() - reply.elapsedTime,
    log,
  };
}

const SANE_REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The caller's `x-request-id` where it is sane; a new one otherwise. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && SANE_REQUEST_ID.test(header) ? header : SpeechSessions.newId();
}
