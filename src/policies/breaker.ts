import { lazyStream } from '../core/lazy-stream.js';
import type { SpeechPolicy } from '../core/speech-handler.js';
import type { ProviderBreaker } from './provider-breaker.js';
import { onSettled } from './settled-stream.js';

/**
 * Asks the provider only while its breaker lets calls through, and tells the breaker how each stream ended. A stream
 * that nobody pulls never enters and never holds the one trial.
 */
export function breaker(circuit: ProviderBreaker): SpeechPolicy {
  return (next) => (request, call) =>
    lazyStream(() => {
      const leave = circuit.enter();
      return onSettled(next(request, call), call.signal, leave);
    });
}
