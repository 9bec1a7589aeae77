import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes at rest: a buffer, or a file of which only what is looked at is read. */
export interface ByteSource {
  readonly size: number;
  /** The bytes of [start, end). Valid until the next call; a copy is the caller's business. Throws beyond the end. */
  bytes(start: number, end: number): Uint8Array;
  close(): void;
}

export class TruncatedError extends Error {
  constructor(wanted: number, size: number) {
    super(`the file is cut short: it has ${size} bytes, and what it holds goes on to byte ${wanted}`);
  }
}

export function bufferSource(buffer: Uint8Array): ByteSource {
  return {
    size: buffer.length,
    bytes(start, end) {
      if (end > buffer.length) throw new TruncatedError(end, buffer.length);
      return buffer.subarray(start, end);
    },
    close() {},
  };
}

const WINDOW_BYTES = 256 * 1024;

/** Synchronous on purpose: models are read in host processes only. Weights are skipped over, not read. */
export function fileSource(path: string): ByteSource {
  const file = openSync(path, 'r');
  const size = fstatSync(file).size;
  let window = Buffer.alloc(0);
  let windowStart = 0;
  return {
    size,
    bytes(start, end) {
      if (end > size) throw new TruncatedError(end, size);
      if (end - start > WINDOW_BYTES) return readFully(file, start, end);
      if (start < windowStart || end > windowStart + window.length) {
        windowStart = start;
        window = readFully(file, start, Math.min(size, start + WINDOW_BYTES));
      }
      return window.subarray(start - windowStart, end - windowStart);
    },
    close: () => closeSync(file),
  };
}

function readFully(file: number, start: number, end: number): Buffer<ArrayBuffer> {
  const buffer = Buffer.alloc(end - start);
  let at = 0;
  while (at < buffer.length) {
    const count = readSync(file, buffer, at, buffer.length - at, start + at);
    if (count === 0) throw new TruncatedError(end, start + at);
    at += count;
  }
  return buffer;
}
