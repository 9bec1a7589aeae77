/** Cuts what a codec added: `skip` samples at the front of a clip and everything after `keep` more. */
export class Trim {
  private skip = 0;
  private keep = Infinity;
  private passed = 0;

  /** Samples handed out since `start`. */
  get kept(): number {
    return this.passed;
  }

  start(skip: number, keep = Infinity): void {
    this.skip = skip;
    this.keep = keep;
    this.passed = 0;
  }

  /** The clip is now known to be `samples` long; what was handed out beyond that stays out. */
  limit(samples: number): void {
    this.keep = Math.max(0, samples);
  }

  apply(samples: Int16Array): Int16Array {
    const from = Math.min(this.skip, samples.length);
    this.skip -= from;
    const count = Math.max(0, Math.min(samples.length - from, this.keep - this.passed));
    this.passed += count;
    return count === samples.length ? samples : samples.subarray(from, from + count);
  }
}
