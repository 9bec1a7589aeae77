import { SpeechError } from '../../../src/core/speech-error.js';

/** What a step of a cancelled speech ends with; its reader has gone and will not see it. */
export function abortError(): SpeechError {
  return new SpeechError('cancelled', 'The speech was cancelled.');
}
