import type { CallContext } from './call-context.js';
import type { SpeechStream } from './speech-part.js';
import type { SpeechRequest } from './speech-request.js';

/** The one shape: a provider, a fallback over providers, the cache and the whole gateway. */
export type SpeechHandler = (request: SpeechRequest, call: CallContext) => SpeechStream;

/** Wraps a handler: retries, breakers, limits, segments. */
export type SpeechPolicy = (next: SpeechHandler) => SpeechHandler;

/** Changes the parts on their way out: transcoding, verdict, counting. */
export type SpeechTransform = (source: SpeechStream, call: CallContext) => SpeechStream;

/** `compose([a, b], h)` is `a(b(h))`: the first policy is the outermost. */
export function compose(policies: readonly SpeechPolicy[], handler: SpeechHandler): SpeechHandler {
  return policies.reduceRight((next, policy) => policy(next), handler);
}
