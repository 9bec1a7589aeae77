/** Cuts a stream of samples into blocks of one size. */
export class BlockCutter {
  private readonly block: Int16Array;
  private filled = 0;

  constructor(samples: number) {
    this.block = new Int16Array(samples);
  }

  /** `onBlock` gets each full block; it is overwritten by the next. */
  push(samples: Int16Array, onBlock: (block: Int16Array) => void): void {
    for (let at = 0; at < samples.length;) {
      const taken = Math.min(this.block.length - this.filled, samples.length - at);
      this.block.set(samples.subarray(at, at + taken), this.filled);
      this.filled += taken;
      at += taken;
      if (this.filled === this.block.length) {
        this.filled = 0;
        onBlock(this.block);
      }
    }
  }

  /** What is left of the last block, once. */
  rest(): Int16Array {
    const rest = this.block.subarray(0, this.filled);
    this.filled = 0;
    return rest;
  }
}
