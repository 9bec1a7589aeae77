import type { CallContext } from '../core/call-context.js';
import type { SpeechHandler, SpeechPolicy } from '../core/speech-handler.js';
import type { SpeechPart } from '../core/speech-part.js';
import type { SpeechRequest } from '../core/speech-request.js';
import type { ProviderBreaker } from './provider-breaker.js';
import { onSettled } from './settled-stream.js';

/** Asks the provider only while its breaker lets calls through, and tells the breaker how each stream ended. */
export function breaker(circuit: ProviderBreaker): SpeechPolicy {
  return (next) => (request, call) => guarded(circuit, next, request, call);
}

// A generator, so that a stream that nobody pulls never enters and never holds the one trial.
async function* guarded(
  circuit: ProviderBreaker,
  next: SpeechHandler,
  request: SpeechRequest,
  call: CallContext,
): AsyncGenerator<SpeechPart, void, undefined> {
  const leave = circuit.enter();
  yield* onSettled(next(request, call), call.signal, leave);
}
