import type { SpeechError, SpeechProgress } from '../core/speech-error.js';
import type { CompletePart, StartPart } from '../core/speech-part.js';
import type { SpeechRequest } from '../core/speech-request.js';

/** `created` has not begun to speak; the last three are final. */
export type SessionState = 'created' | 'streaming' | 'completed' | 'failed' | 'cancelled';

/** The stored record of one speech. Times are milliseconds since the epoch. */
export interface SessionRecord {
  readonly id: string;
  readonly request: SpeechRequest;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly state: SessionState;
  readonly start?: StartPart;
  readonly complete?: CompletePart;
  readonly error?: SpeechError;
  /** Of a speech that failed or was cancelled after it began. */
  readonly progress?: SpeechProgress;
}

export function isFinal(state: SessionState): boolean {
  return state === 'completed' || state === 'failed' || state === 'cancelled';
}
