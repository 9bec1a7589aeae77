import type { AudioEncoding } from '../../src/core/audio-format.js';

/** Where an answer goes wrong. `afterBytes` counts bytes of audio. */
export type Fault =
  /** Takes the request and never answers. */
  | { readonly kind: 'hang-before-headers' }
  /** Sends the head of the answer and then nothing. */
  | { readonly kind: 'hang-before-audio' }
  /** TCP reset before any byte of the answer. */
  | { readonly kind: 'reset-before-headers' }
  /** Sends so much and then nothing, the connection open. */
  | { readonly kind: 'stall'; readonly afterBytes: number }
  /** TCP reset. */
  | { readonly kind: 'reset'; readonly afterBytes: number }
  /** Closes the connection cleanly without ending the body. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** Ends the body properly, although there should be more. */
  | { readonly kind: 'truncate'; readonly afterBytes: number };

/** What is said instead of speech, under status 200. */
export type Lie =
  | 'html'
  | 'json-error'
  | 'empty'
  | 'silence'
  /** MP3 bytes, labelled as what was asked for. */
  | 'wrong-codec'
  /** Samples at 16 kHz, labelled so where the label has room for it. */
  | 'wrong-rate'
  /** Sound without end, as fast as the peer takes it. */
  | 'flood';

/** An error answer instead of speech. */
export interface Refusal {
  readonly status: number;
  /** `Retry-After`, verbatim: seconds or an HTTP date. */
  readonly retryAfter?: string;
  readonly retryAfterMs?: number;
  readonly code?: string;
  readonly type?: string;
  readonly param?: string;
  readonly message?: string;
  /** Sent instead of the dialect's error body. */
  readonly body?: string;
  readonly contentType?: string;
}

/** How the events of `stream_format: "sse"` are written. */
export interface SseManner {
  /** False: the stream ends without `speech.audio.done`. */
  readonly done?: boolean;
  /** Each event is sent in pieces of so many bytes. */
  readonly splitBytes?: number;
  readonly crlf?: boolean;
  /** `event: speech.audio.delta` lines before the data. */
  readonly eventLines?: boolean;
  /** `data: [DONE]` at the end. */
  readonly sentinel?: boolean;
  /** An error event instead of the rest, after so many bytes of audio. */
  readonly errorAfterBytes?: number;
  /** The name of the field that carries the audio. */
  readonly field?: 'audio' | 'delta';
  /** Key of the token counts in the done event. */
  readonly usage?: 'usage' | 'token_usage' | 'none';
}

/** What to do with one request. Everything has a default: whole, at once, in the format that was asked for. */
export interface Behaviour {
  /** Before the head of the answer. Default: `ttfbMs`, so that head and first audio leave together. */
  readonly headersAfterMs?: number;
  /** From the request to the first audio. */
  readonly ttfbMs?: number;
  /** Bytes of audio in one chunk. */
  readonly chunkBytes?: number;
  /** Between two chunks; 0: as fast as the peer takes them. */
  readonly everyMs?: number;
  /** Bench audio of this length instead of the text, spoken as headerless samples. */
  readonly seconds?: number;
  /** Which bench audio. */
  readonly seed?: number;
  /** Bytes of audio, verbatim, instead of speech. */
  readonly audio?: Buffer;
  readonly framing?: 'chunked' | 'length' | 'close';
  readonly refusal?: Refusal;
  readonly fault?: Fault;
  readonly lie?: Lie;
  readonly sse?: SseManner;
  /** Added to the head, in order; a name may come twice. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Instead of the true one. */
  readonly contentType?: string;
  /** Instead of the one that was asked for, labelled truly. */
  readonly format?: AudioEncoding;
}

export const DEFAULT_CHUNK_BYTES = 4800;
