import { silentLog, type CallContext } from '../../src/core/call-context.js';
import type { AudioPart, CompletePart, SpeechPart, SpeechStream, StartPart } from '../../src/core/speech-part.js';
import type { SpeechRequest } from '../../src/core/speech-request.js';

/** A call that nobody cancels, unless `signal` does. */
export function testCall(more: Partial<CallContext> = {}): CallContext {
  return {
    sessionId: 'test-session',
    requestId: 'test-request',
    transport: 'rest',
    signal: new AbortController().signal,
    receivedAtMs: performance.now(),
    log: silentLog,
    ...more,
  };
}

export function testRequest(more: Partial<SpeechRequest> = {}): SpeechRequest {
  return {
    text: 'Hello there.',
    markup: 'plain',
    targetFormat: 'pcm16',
    speed: 1,
    pitch: 0,
    volume: 0,
    timings: 'none',
    substitute: 'mapped',
    cache: 'default',
    priority: 'realtime',
    providerOptions: {},
    metadata: {},
    ...more,
  };
}

export function startPart(more: Partial<StartPart> = {}): StartPart {
  return {
    type: 'start',
    sessionId: 'test-session',
    provider: 'test',
    voice: 'test/voice',
    format: 'pcm16',
    sampleRateHz: 8000,
    channels: 1,
    warnings: [],
    ...more,
  };
}

export function audioPart(seq: number, data: Buffer | string, segment = 0): AudioPart {
  return { type: 'audio', seq, data: typeof data === 'string' ? Buffer.from(data) : data, segment };
}

export function completePart(more: Partial<CompletePart> = {}): CompletePart {
  return {
    type: 'complete',
    verdict: 'complete',
    provider: 'test',
    voice: 'test/voice',
    characters: 12,
    audioMs: 100,
    bytes: 0,
    lastSeq: -1,
    seams: 0,
    cached: false,
    attempts: [],
    timingsMs: { queue: 0, firstAudio: 0, total: 0 },
    ...more,
  };
}

/** A stream of these parts; a number waits that many ms before the next one, `'stall'` for ever. */
export async function* streamOf(
  script: readonly (SpeechPart | number | 'stall' | Error)[],
  onClose: () => void = () => {},
): AsyncGenerator<SpeechPart, void, undefined> {
  try {
    for (const step of script) {
      if (step === 'stall') await new Promise<never>(() => {});
      else if (typeof step === 'number') await new Promise((resolve) => setTimeout(resolve, step));
      else if (step instanceof Error) throw step;
      else yield step;
    }
  } finally {
    onClose();
  }
}

export async function collect(stream: SpeechStream): Promise<SpeechPart[]> {
  const parts: SpeechPart[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

export function audioOf(parts: readonly SpeechPart[]): Buffer {
  return Buffer.concat(parts.flatMap((part) => (part.type === 'audio' ? [part.data] : [])));
}
