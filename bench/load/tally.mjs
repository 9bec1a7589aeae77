import { Samples } from './samples.mjs';

/** What the listeners of one target heard, over a whole run. */
export class Tally {
  /** From when a request was due to its first byte of audio. */
  firstByteMs = new Samples();
  totalMs = new Samples();
  gapMs = new Samples();
  chunkLateMs = new Samples();
  #roundFirstByteMs = new Samples();
  ok = 0;
  failed = 0;
  failures = {};
  bytes = 0;
  lostBytes = 0;

  firstByte(ms) {
    this.firstByteMs.add(ms);
    this.#roundFirstByteMs.add(ms);
  }

  /** The median time to first byte since the last call: what is paired with that of the control. */
  endRound() {
    const { p50 } = this.#roundFirstByteMs.summary();
    this.#roundFirstByteMs = new Samples();
    return p50;
  }

  read() {
    const { ok, failed, failures, bytes, lostBytes } = this;
    return {
      ok,
      failed,
      failures,
      bytes,
      lostBytes,
      firstByteMs: this.firstByteMs.summary(),
      totalMs: this.totalMs.summary(),
      gapMs: this.gapMs.summary(),
      chunkLateMs: this.chunkLateMs.summary(),
    };
  }
}
