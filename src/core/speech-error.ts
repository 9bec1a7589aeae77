export interface ErrorRow {
  readonly http: number;
  readonly grpc: string;
  readonly wsClose: number;
  /** Whether the same request may succeed when it is sent again. */
  readonly retryable: boolean;
}

/** The closed list of codes and the one table that maps them to every wire. */
export const ERROR_TABLE = {
  invalid_request: { http: 400, grpc: 'INVALID_ARGUMENT', wsClose: 1008, retryable: false },
  unauthenticated: { http: 401, grpc: 'UNAUTHENTICATED', wsClose: 1008, retryable: false },
  forbidden: { http: 403, grpc: 'PERMISSION_DENIED', wsClose: 1008, retryable: false },
  not_found: { http: 404, grpc: 'NOT_FOUND', wsClose: 4404, retryable: false },
  conflict: { http: 409, grpc: 'ABORTED', wsClose: 4409, retryable: false },
  too_large: { http: 413, grpc: 'INVALID_ARGUMENT', wsClose: 1009, retryable: false },
  unsupported: { http: 422, grpc: 'FAILED_PRECONDITION', wsClose: 1008, retryable: false },
  rate_limited: { http: 429, grpc: 'RESOURCE_EXHAUSTED', wsClose: 4429, retryable: true },
  quota_exceeded: { http: 429, grpc: 'RESOURCE_EXHAUSTED', wsClose: 4429, retryable: true },
  cancelled: { http: 499, grpc: 'CANCELLED', wsClose: 1000, retryable: false },
  client_stalled: { http: 408, grpc: 'DEADLINE_EXCEEDED', wsClose: 4408, retryable: true },
  internal: { http: 500, grpc: 'INTERNAL', wsClose: 1011, retryable: true },
  upstream_failed: { http: 502, grpc: 'INTERNAL', wsClose: 4502, retryable: true },
  incomplete: { http: 502, grpc: 'INTERNAL', wsClose: 4502, retryable: true },
  unavailable: { http: 503, grpc: 'UNAVAILABLE', wsClose: 1013, retryable: true },
  deadline: { http: 504, grpc: 'DEADLINE_EXCEEDED', wsClose: 4504, retryable: true },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERROR_TABLE;
export const ERROR_CODES = Object.keys(ERROR_TABLE) as ErrorCode[];

/** How far a speech had come when it failed. `spokenTo` is a UTF-16 offset into the client's text. */
export interface SpeechProgress {
  readonly lastSeq: number;
  readonly audioMs: number;
  readonly spokenTo: number;
  /** What `spokenTo` was read from. */
  readonly spokenToSource?: 'timings' | 'segments' | 'estimated';
}

export interface SpeechErrorDetails {
  /** The request field that is wrong, by its wire name. */
  readonly param?: string;
  /** The operator's name of the provider that failed. */
  readonly provider?: string;
  /** Overrides the table, where the failure itself tells (an upstream 400 is not worth a second try). */
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  /** What the upstream or the system said. Logged, never sent to a client. */
  readonly cause?: unknown;
  readonly progress?: SpeechProgress;
}

const MARK = Symbol.for('tts-gateway.speech-error');

/** The only error that crosses a layer. The message is for the client: no text, token, key or upstream body in it. */
export class SpeechError extends Error {
  readonly [MARK] = true;
  readonly code: ErrorCode;
  readonly param: string | undefined;
  readonly provider: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly progress: SpeechProgress | undefined;

  constructor(code: ErrorCode, message: string, details: SpeechErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'SpeechError';
    this.code = code;
    this.param = details.param;
    this.provider = details.provider;
    this.retryable = details.retryable ?? ERROR_TABLE[code].retryable;
    this.retryAfterMs = details.retryAfterMs;
    this.progress = details.progress;
  }

  /** The same failure with more known about it. */
  with(details: SpeechErrorDetails): SpeechError {
    const merged: Record<string, unknown> = { retryable: this.retryable, cause: this.cause };
    for (const key of ['param', 'provider', 'retryAfterMs', 'progress'] as const) {
      if (this[key] !== undefined) merged[key] = this[key];
    }
    return new SpeechError(this.code, this.message, { ...merged, ...details });
  }
}

/** By marker, not by class: two copies of this module (a bundled provider) still know each other's errors. */
export function isSpeechError(value: unknown): value is SpeechError {
  return typeof value === 'object' && value !== null && (value as { [MARK]?: unknown })[MARK] === true;
}

/** Any thrown value as the one error; what is not ours becomes `internal`, with the original as its cause. */
export function toSpeechError(value: unknown): SpeechError {
  if (isSpeechError(value)) return value;
  return new SpeechError('internal', 'The gateway failed while speaking; the request id finds it in the log.', {
    cause: value,
  });
}

/** The reason an aborted signal carries, as the one error: a plain abort means that the client cancelled. */
export function abortReason(signal: AbortSignal): SpeechError {
  if (isSpeechError(signal.reason)) return signal.reason;
  return new SpeechError('cancelled', 'The speech was cancelled.', { cause: signal.reason });
}
