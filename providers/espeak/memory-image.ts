/** Beyond the image it started from, what an utterance may have used of the heap. */
const MARGIN_BYTES = 1024 * 1024;
const ZEROS = Buffer.alloc(64 * 1024);

/**
 * Copies of a WASM heap. An engine keeps state between utterances (espeak: the phase of its wave generator), so that
 * the same text gives other samples the second time; put back to an earlier image it repeats itself to the bit.
 */
export class MemoryImage {
  private startedFromBytes = 0;

  /** `heap` is asked each time: a heap that grows is a new array. */
  constructor(private readonly heap: () => Uint8Array) {}

  /** Everything up to the last byte in use; beyond it a heap is zero. */
  take(): Uint8Array {
    const heap = this.heap();
    let end = heap.length;
    // By block first: looking at 16 MB byte by byte would cost each new voice 20 ms.
    while (end >= ZEROS.length && ZEROS.equals(heap.subarray(end - ZEROS.length, end))) end -= ZEROS.length;
    while (end > 0 && heap[end - 1] === 0) end -= 1;
    this.startedFromBytes = end;
    return heap.slice(0, end);
  }

  restore(image: Uint8Array): void {
    const heap = this.heap();
    heap.set(image);
    heap.fill(0, image.length, Math.max(image.length, this.startedFromBytes + MARGIN_BYTES));
    this.startedFromBytes = image.length;
  }
}
