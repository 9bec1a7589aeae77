import { SpeechError } from '../core/speech-error.js';

/** `what` finishes the sentence "The provider's audio …"; it never holds text of the speech. Worth a second try. */
export function incompleteAudio(what: string, cause?: unknown): SpeechError {
  return new SpeechError('incomplete', `The provider's audio ${what}.`, { retryable: true, cause });
}
