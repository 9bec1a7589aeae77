import type { SpeechHandler } from '../core/speech-handler.js';

/** One way to speak a request. `speak` brings the target's own voice, overrides, retries, breaker and slots. */
export interface Candidate {
  /** The operator's name of the provider. */
  readonly provider: string;
  /** Full voice id, `provider/voice`. */
  readonly voice: string;
  readonly speak: SpeechHandler;
}
