import { joinSamples } from './pcm-samples.js';

const NOTHING = new Int16Array(0);

/**
 * Keeps the newest samples back, so that a stream that breaks off can still be ended at a good place: at most
 * `maxSamples`, and at most a quarter of what came, so that the very first audio leaves at once.
 */
export class HeldTail {
  private tail: Int16Array = NOTHING;
  private received = 0;

  constructor(private readonly maxSamples: number) {}

  get length(): number {
    return this.tail.length;
  }

  /** What may leave now. */
  push(samples: Int16Array): Int16Array {
    this.received += samples.length;
    const all = joinSamples(this.tail, samples);
    const hold = Math.min(this.maxSamples, this.received >> 2, all.length);
    this.tail = all.slice(all.length - hold);
    return all.subarray(0, all.length - hold);
  }

  /** Everything that is held. */
  flush(): Int16Array {
    const { tail } = this;
    this.tail = NOTHING;
    return tail;
  }
}
