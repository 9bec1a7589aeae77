import type { Suspension } from './suspension.js';

export type TransportName = 'rest' | 'openai' | 'sse' | 'socketio' | 'websocket' | 'grpc' | 'cli';

/** The part of a pino logger that the layers use. Never pass text, tokens or keys. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What belongs to one call and to nothing else; the only place for per-call state. */
export interface CallContext {
  readonly sessionId: string;
  readonly requestId: string;
  readonly transport: TransportName;
  /** Aborted when the client leaves or cancels, a deadline passes or the gateway drains; the reason is a SpeechError. */
  readonly signal: AbortSignal;
  /** `performance.now()` when the request arrived. */
  readonly receivedAtMs: number;
  readonly log: Log;
  /** A later call of a speech that is being heard. */
  readonly ongoing?: boolean;
  /** Of a speech whose client may leave and come back. */
  readonly suspension?: Suspension;
}

/** For code that runs outside a request and for tests. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
