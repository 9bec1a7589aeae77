import { ERROR_TABLE, type ErrorCode, type SpeechError } from '../../core/speech-error.js';

/** The one error body, a superset of OpenAI's. */
export interface ErrorBody {
  readonly error: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly request_id: string;
    readonly retryable: boolean;
    readonly provider: string | null;
  };
}

export function errorBody(error: SpeechError, requestId: string): ErrorBody {
  return {
    error: {
      code: error.code,
      message: error.message,
      type: errorType(error.code),
      param: error.param ?? null,
      request_id: requestId,
      retryable: error.retryable,
      provider: error.provider ?? null,
    },
  };
}

/** OpenAI's `type` for a code. */
function errorType(code: ErrorCode): string {
  switch (code) {
    case 'unauthenticated':
      return 'authentication_error';
    case 'forbidden':
      return 'permission_error';
    case 'rate_limited':
      return 'rate_limit_error';
    case 'quota_exceeded':
      return 'insufficient_quota';
    default:
      return ERROR_TABLE[code].http >= 500 ? 'server_error' : 'invalid_request_error';
  }
}

/** Status and headers of an error answer. `x-should-retry` is what OpenAI's clients go by. */
export function errorHead(error: SpeechError): { status: number; headers: Record<string, string> } {
  const headers: Record<string, string> = { 'x-should-retry': String(error.retryable) };
  const retryAfterMs = error.retryAfterMs ?? defaultRetryAfterMs(error.code);
  if (retryAfterMs !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(retryAfterMs / 1000)));
  return { status: ERROR_TABLE[error.code].http, headers };
}

function defaultRetryAfterMs(code: ErrorCode): number | undefined {
  return code === 'rate_limited' || code === 'quota_exceeded' || code === 'unavailable' ? 1000 : undefined;
}
