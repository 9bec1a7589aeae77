import type { CallContext } from '../core/call-context.js';
import type { CacheResult, SpeechPart, SpeechStream } from '../core/speech-part.js';
import { PartDecoder } from './part-codec.js';

/** The parts of an encoded speech. */
export async function* clipParts(pieces: AsyncIterable<Buffer>): AsyncGenerator<SpeechPart, void, undefined> {
  const decoder = new PartDecoder();
  for await (const piece of pieces) yield* decoder.push(piece);
}

/** A speech as one client gets it: its own session, times of its own, and where it came from. */
export async function* forCall(
  source: SpeechStream,
  call: CallContext,
  cache: CacheResult,
): AsyncGenerator<SpeechPart, void, undefined> {
  let firstAudioMs: number | undefined;
  const sinceMs = (): number => Math.round(performance.now() - call.receivedAtMs);
  for await (const part of source) {
    if (part.type === 'start') yield { ...part, sessionId: call.sessionId, cache };
    else if (part.type === 'complete' && (cache === 'hit' || cache === 'join')) {
      const timingsMs = { queue: 0, firstAudio: firstAudioMs ?? sinceMs(), total: sinceMs() };
      yield { ...part, cached: cache === 'hit', attempts: cache === 'hit' ? [] : part.attempts, timingsMs };
    } else {
      if (part.type === 'audio') firstAudioMs ??= sinceMs();
      yield part;
    }
  }
}
