import { SpeechError, type ErrorCode, type SpeechErrorDetails } from '../../src/core/speech-error.js';
import { retryAfterMs, type ResponseHeaders } from './retry-after.js';

/** An answer that is no audio, as far as its vendor's own words were understood. */
export interface UpstreamRefusal {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** The vendor's code or type: `insufficient_quota`, `model_not_found`. */
  readonly code: string | undefined;
  /** The field of *our* request that the vendor blames, by its wire name. */
  readonly param: string | undefined;
  /** Redacted already; it becomes the cause and never the message. */
  readonly said: string;
}

const QUOTA = /insufficient_quota|quota_exceeded|billing|payment/i;
const NOT_FOUND_PARAMS = new Set(['voice', 'model']);

/** The one error for an upstream's HTTP status; contract section 9. A refused key is the gateway's fault, not the caller's. */
export function httpError(refusal: UpstreamRefusal, provider: string): SpeechError {
  const { status, headers, code, param, said } = refusal;
  const cause = new Error(`HTTP ${status}${code === undefined ? '' : ` ${code}`}: ${said}`);
  const waitMs = retryAfterMs(headers);
  const details: SpeechErrorDetails = { provider, cause, ...(waitMs !== undefined && { retryAfterMs: waitMs }) };
  const error = (kind: ErrorCode, message: string, more: SpeechErrorDetails = {}): SpeechError =>
    new SpeechError(kind, message, { ...details, ...more });

  if (status === 402 || (status === 429 && QUOTA.test(code ?? ''))) {
    return error('quota_exceeded', `The quota at ${provider} is used up.`, { retryable: waitMs !== undefined });
  }
  if (status === 429) return error('rate_limited', `${provider} takes no more requests at the moment.`);
  if (status === 401 || status === 403) {
    return error('upstream_failed', `${provider} refused the gateway's credentials.`, { retryable: false });
  }
  if (status === 413) return error('too_large', `The text is longer than ${provider} takes.`, { param: 'text' });
  if (status === 404 && param !== undefined && NOT_FOUND_PARAMS.has(param)) {
    return error('not_found', `${provider} has no such ${param}.`, { param });
  }
  if (status === 400 || status === 422) {
    const what = param === undefined ? 'the request' : `"${param}"`;
    return error('invalid_request', `${provider} refused ${what}.`, param === undefined ? {} : { param });
  }
  const retryable = status === 408 || status === 409 || status >= 500;
  return error('upstream_failed', `${provider} answered with HTTP ${status}.`, { retryable });
}

/** No answer, or one that was cut: refused, reset, timed out, closed early. */
export function connectionError(error: unknown, provider: string, afterHead: boolean): SpeechError {
  const message = afterHead ? `${provider} broke off in the middle of its answer.` : `${provider} gave no answer.`;
  return new SpeechError('upstream_failed', message, { provider, cause: error });
}

/** Takes what must not be logged out of a vendor's words, and bounds their length. */
export function redactor(secrets: readonly string[]): (said: string) => string {
  const known = secrets.filter((secret) => secret.length > 0);
  return (said) => {
    const clean = known.reduce((text, secret) => text.replaceAll(secret, '[redacted]'), said);
    return clean.replace(/\b(sk|gsk|key)-[\w*-]{4,}/g, '[redacted]').slice(0, 300);
  };
}
