import { ERROR_TABLE, type SpeechError } from '../core/speech-error.js';

/** What a script can tell from the exit. */
export const EXIT = {
  ok: 0,
  /** It was tried and failed; trying again may help. */
  failed: 1,
  /** The command line, the config or the request is wrong. */
  usage: 2,
  /** The server named by `--url` does not answer. */
  unreachable: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export function exitCodeOf(error: SpeechError): ExitCode {
  return ERROR_TABLE[error.code].http < 499 ? EXIT.usage : EXIT.failed;
}

/** A mistake in the command line; the message says what to type instead. */
export class UsageError extends Error {}
