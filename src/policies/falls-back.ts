import type { ErrorCode, SpeechError } from '../core/speech-error.js';

/** What another target cannot mend: the client is gone, or may not speak at all. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  'cancelled',
  'client_stalled',
  'unauthenticated',
  'forbidden',
  'conflict',
]);

/** Whether another target may speak what failed with `error`. A refusal by one provider is none by the next. */
export function fallsBack(error: SpeechError, signal: AbortSignal): boolean {
  return !signal.aborted && !FINAL.has(error.code);
}
