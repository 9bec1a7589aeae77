/**
 * One listener of one answer: when its audio arrives, whether each byte is the right one, and how the answer ends.
 * A driver calls `head`, `audio` (often), then `done` or `failed` once.
 */
export class Listener {
  #tally;
  #expected;
  #everyMs;
  #chunkBytes;
  #arrivals = [];
  #startedAtMs;
  #firstAtMs = 0;
  #lastAtMs = 0;
  #status = 0;
  #bytes = 0;
  #right = true;

  /**
   * @param {import('./tally.mjs').Tally} tally
   * @param {{ startedAtMs: number, expected: import('./expected-audio.mjs').ExpectedAudio, everyMs?: number, chunkBytes?: number }} options
   * `startedAtMs`: when the request was due, on the clock of `performance.now()`.
   * `everyMs`, `chunkBytes`: of audio sent in real time, one chunk at a time.
   */
  constructor(tally, { startedAtMs, expected, everyMs = 0, chunkBytes = Infinity }) {
    this.#tally = tally;
    this.#startedAtMs = startedAtMs;
    this.#expected = expected;
    this.#everyMs = everyMs;
    this.#chunkBytes = chunkBytes;
  }

  head(status) {
    this.#status = status;
  }

  /** Bytes `start` to `end` of `buffer`, which may be used again after the call. */
  audio(buffer, start, end) {
    if (this.#status !== 200) return;
    const now = performance.now();
    if (this.#bytes === 0) this.#firstAtMs = now;
    else this.#tally.gapMs.add(now - this.#lastAtMs);
    this.#lastAtMs = now;
    this.#right &&= this.#expected.matches(this.#bytes, buffer, start, end);
    this.#bytes += end - start;
    if (this.#everyMs === 0) return;
    while (this.#bytes >= Math.min((this.#arrivals.length + 1) * this.#chunkBytes, this.#expected.bytes)) {
      if (this.#arrivals.length * this.#chunkBytes >= this.#expected.bytes) return;
      this.#arrivals.push(now);
    }
  }

  /** The answer ended as its protocol ends answers. */
  done() {
    if (this.#status !== 200) return this.#end(`status ${this.#status}`);
    if (!this.#right || this.#bytes > this.#expected.bytes) return this.#end('wrong bytes');
    this.#end(this.#bytes < this.#expected.bytes ? 'silently short' : undefined);
  }

  /** The answer did not end well; `why` in one or two words. */
  failed(why) {
    this.#end(this.#bytes === 0 ? `${why} before audio` : why);
  }

  #end(failure) {
    const tally = this.#tally;
    const now = performance.now();
    tally.bytes += this.#bytes;
    tally.lostBytes += Math.max(0, this.#expected.bytes - this.#bytes);
    if (this.#bytes > 0) tally.firstByte(this.#firstAtMs - this.#startedAtMs);
    if (failure === undefined) {
      tally.ok += 1;
      tally.totalMs.add(now - this.#startedAtMs);
    } else {
      tally.failed += 1;
      tally.failures[failure] = (tally.failures[failure] ?? 0) + 1;
    }
    this.#lateness();
  }

  // Against a player that starts on the first chunk: what a listener would hear as a gap without a buffer.
  #lateness() {
    const [first] = this.#arrivals;
    this.#arrivals.forEach((atMs, index) => {
      if (index > 0) this.#tally.chunkLateMs.add(Math.max(0, atMs - first - index * this.#everyMs));
    });
  }
}
