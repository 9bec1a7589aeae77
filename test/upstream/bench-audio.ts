/** 24 kHz, 16 bits, mono. */
export const BYTES_PER_MS = 48;

const POOL_MS = 40_000;
const POOL_BYTES = POOL_MS * BYTES_PER_MS;
const SEED_STEP = 200 * BYTES_PER_MS;
/** Seeds that sound different. */
export const SEEDS = POOL_BYTES / SEED_STEP;

let pool: Buffer | undefined;

/** Noise that never repeats within 40 s: every stream is a different stretch of it, so a foreign byte is noticed. */
function benchPool(): Buffer {
  if (pool) return pool;
  const words = new Uint32Array(POOL_BYTES / 4);
  for (let i = 0, x = 0x9e3779b9; i < words.length; i += 1) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[i] = x;
  }
  pool = Buffer.from(words.buffer);
  return pool;
}

/** Position in the pool of byte `offset` of the stream of `seed`. */
export function benchPosition(seed: number, offset: number): number {
  return ((seed % SEEDS) * SEED_STEP + offset) % POOL_BYTES;
}

export function benchBytes(seconds: number): number {
  return Math.round(seconds * 1000) * BYTES_PER_MS;
}

/** Bytes `offset` to `offset + length` of the stream of `seed`; a view where it does not wrap around. */
export function benchAudio(seed: number, offset: number, length: number): Buffer {
  const from = benchPosition(seed, offset);
  if (from + length <= POOL_BYTES) return benchPool().subarray(from, from + length);
  const pieces = [benchPool().subarray(from)];
  for (let left = length - pieces[0]!.length; left > 0; left -= POOL_BYTES) {
    pieces.push(benchPool().subarray(0, Math.min(left, POOL_BYTES)));
  }
  return Buffer.concat(pieces);
}

/** Whether `bytes` continue the stream of `seed` at `offset`, each byte in its place. */
export function benchAudioMatches(seed: number, offset: number, bytes: Buffer): boolean {
  let done = 0;
  while (done < bytes.length) {
    const from = benchPosition(seed, offset + done);
    const length = Math.min(bytes.length - done, POOL_BYTES - from);
    if (benchPool().compare(bytes, done, done + length, from, from + length) !== 0) return false;
    done += length;
  }
  return true;
}
