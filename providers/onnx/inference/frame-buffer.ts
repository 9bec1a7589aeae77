/**
 * A stretch of a [channels, time] tensor that moves on: frames are appended at its end and forgotten at its start.
 * Positions count from the beginning of the sentence.
 */
export class FrameBuffer {
  private data = new Float32Array(0);
  private held = 0;
  private first = 0;
  private channelCount = 0;

  /** Position behind the last frame. */
  get end(): number {
    return this.first + this.held;
  }

  get channels(): number {
    return this.channelCount;
  }

  /** Appends frames [from, to) of `values`, [channels, count], and forgets what lies before `keepFrom`. */
  append(values: Float32Array, count: number, from: number, to: number, keepFrom: number): void {
    this.channelCount = values.length / count;
    const start = Math.min(Math.max(this.first, keepFrom), this.end);
    const kept = this.end - start;
    const length = kept + to - from;
    const next = new Float32Array(this.channelCount * length);
    for (let channel = 0; channel < this.channelCount; channel += 1) {
      const old = channel * this.held + start - this.first;
      next.set(this.data.subarray(old, old + kept), channel * length);
      next.set(values.subarray(channel * count + from, channel * count + to), channel * length + kept);
    }
    this.data = next;
    this.held = length;
    this.first = start;
  }

  /** Frames [from, to), as a tensor of their own. They must not have been forgotten. */
  slice(from: number, to: number): Float32Array {
    if (from < this.first || to > this.end) throw new RangeError(`frames ${from} to ${to} are not held`);
    const count = to - from;
    const values = new Float32Array(this.channelCount * count);
    for (let channel = 0; channel < this.channelCount; channel += 1) {
      const at = channel * this.held + from - this.first;
      values.set(this.data.subarray(at, at + count), channel * count);
    }
    return values;
  }
}
