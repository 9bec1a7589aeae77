import type { WebSocket } from 'ws';
import type { Behaviour } from './behaviour.js';
import type { Dialect } from './error-bodies.js';
import type { UpstreamRequest } from './request-log.js';
import type { VoiceShape } from './voice-shapes.js';

export interface UpstreamOptions {
  /** Default: a free one. */
  readonly port?: number;
  readonly host?: string;
  readonly dialect?: Dialect;
  /** Refuse every field that the vendor's schema does not name, as OpenAI does. Default: true. */
  readonly strict?: boolean;
  /** Keys that are let in. Default: none is asked for. */
  readonly keys?: readonly string[];
  /** Models that exist; names that begin with `fake` always do. Default: any. */
  readonly models?: readonly string[];
  /** Voices that exist. Default: any; the list then holds OpenAI's. */
  readonly voices?: readonly string[];
  readonly voiceShape?: VoiceShape;
  readonly maxCharacters?: number;
  /** For every request that is not told otherwise. */
  readonly defaults?: Behaviour;
  /** Idle connections are closed after this long; default: never. */
  readonly keepAliveMs?: number;
  /** How many requests the log keeps; default: all. A bench keeps few. */
  readonly keepRequests?: number;
  /** Talks to WebSockets instead of the speech dialect of this server. */
  readonly onWebSocket?: (socket: WebSocket, request: UpstreamRequest) => void;
}
