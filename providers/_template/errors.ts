import { SpeechError, type ErrorCode } from '../../src/core/speech-error.js';

/** Statuses with a meaning of their own; the others are `upstream_failed`. A refused key is our fault, not the caller's. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_request',
  404: 'not_found',
  413: 'too_large',
  422: 'invalid_request',
  429: 'rate_limited',
  503: 'unavailable',
};

/** An answer that is no audio. What the server said becomes the cause: it is logged and never sent to a client. */
export function answerError(
  status: number,
  said: string,
  retryAfter: string | undefined,
  provider: string,
): SpeechError {
  const code = CODES[status] ?? 'upstream_failed';
  const seconds = Number(retryAfter);
  return new SpeechError(code, `${provider} answered with HTTP ${status}.`, {
    provider,
    cause: new Error(`HTTP ${status}: ${said.slice(0, 300)}`),
    ...(seconds > 0 && { retryAfterMs: seconds * 1000 }),
    ...(code === 'upstream_failed' && { retryable: status >= 500 }),
  });
}

/** No answer, or one that was cut in the middle. */
export function connectionError(error: unknown, provider: string): SpeechError {
  return new SpeechError('upstream_failed', `The connection to ${provider} failed.`, { provider, cause: error });
}
