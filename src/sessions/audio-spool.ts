import type { Readable } from 'node:stream';

/** Audio of one speech, kept for readers that come back or come later. */
export interface SpooledAudio {
  /** Bytes appended so far. */
  readonly bytes: number;
  /** Resolves when the bytes can be read back. Throws `unavailable` when the spool has no room left. */
  append(data: Buffer): Promise<void>;
  /** Bytes `from` to `to` (exclusive), all of which must have been appended. */
  read(from: number, to: number): Promise<Buffer>;
  /** The same as a stream, for whole clips: at most 64 KiB in memory. */
  stream(from: number, to: number): Readable;
  /** No more audio comes: from here on it may be evicted to make room. */
  seal(): void;
  delete(): Promise<void>;
}

/** Bounded store of audio. Sealed clips are evicted, the oldest first, to make room. */
export interface AudioSpool {
  create(id: string): Promise<SpooledAudio>;
  get(id: string): SpooledAudio | undefined;
  close(): Promise<void>;
}
