import { ERROR_TABLE, isSpeechError, SpeechError, type ErrorCode } from '../core/speech-error.js';

/** A failure as it crosses the IPC channel: what a client may see, and the original's stack for the log. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly param?: string;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  readonly cause?: string;
}

/** A SpeechError keeps its code and message; anything else an engine throws is `upstream_failed`, told only to the log. */
export function toWire(error: unknown): WireError {
  if (!isSpeechError(error)) {
    return { code: 'upstream_failed', message: 'The speech engine failed.', cause: describe(error) };
  }
  const { code, message, param, retryable, retryAfterMs, cause } = error;
  return {
    code,
    message,
    retryable,
    ...(param !== undefined && { param }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(cause !== undefined && { cause: describe(cause) }),
  };
}

export function fromWire(wire: WireError): SpeechError {
  const { code, message, ...details } = wire;
  return new SpeechError(code in ERROR_TABLE ? code : 'internal', message, details);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
