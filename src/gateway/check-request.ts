import { SpeechError } from '../core/speech-error.js';
import type { SpeechRequest } from '../core/speech-request.js';

// Tab, newline and carriage return may be in text; the other C0 and C1 controls are a client's mistake.
export const CONTROL_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** Bounds of the text that the schema of one message cannot know. Throws `too_large` or `invalid_request`. */
export function checkRequest(request: SpeechRequest, maxCharacters: number): void {
  const param = request.markup === 'ssml' ? 'ssml' : 'text';
  const { text } = request;
  if (text.length > maxCharacters) {
    throw new SpeechError(
      'too_large',
      `${param} has ${text.length} characters; at most ${maxCharacters} (limits.max_characters) are spoken at once.`,
      { param },
    );
  }
  const at = text.search(CONTROL_CHARACTER);
  if (at >= 0) {
    const code = text.charCodeAt(at).toString(16).padStart(4, '0');
    throw new SpeechError(
      'invalid_request',
      `${param} holds the control character U+${code} at offset ${at}; remove it.`,
      {
        param,
      },
    );
  }
  if (text.trim() === '') throw nothingToSay(param);
}

export function nothingToSay(param: 'text' | 'ssml'): SpeechError {
  return new SpeechError('invalid_request', `${param} is empty; send something to speak.`, { param });
}
