import { asBuffer } from '../pcm.js';

/** Bytes of a stream that a parser has not taken yet. */
export class ByteStore {
  private held: Buffer = Buffer.alloc(0);

  get length(): number {
    return this.held.length;
  }

  /** What is held; valid until the next `append`. */
  get bytes(): Buffer {
    return this.held;
  }

  append(bytes: Uint8Array): void {
    this.held = this.held.length === 0 ? asBuffer(bytes) : Buffer.concat([this.held, bytes]);
  }

  /** Drops `count` bytes at the front; fewer when there are not so many. Returns how many it dropped. */
  skip(count: number): number {
    const dropped = Math.min(count, this.held.length);
    this.held = this.held.subarray(dropped);
    return dropped;
  }

  take(count: number): Buffer {
    const taken = this.held.subarray(0, count);
    this.held = this.held.subarray(taken.length);
    return taken;
  }

  /** The four bytes at the front as text, or undefined while there are not four. */
  magic(): string | undefined {
    return this.held.length < 4 ? undefined : this.held.toString('latin1', 0, 4);
  }
}
