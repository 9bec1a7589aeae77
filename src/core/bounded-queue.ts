/** Weighs an item in bytes. */
export interface BoundedQueueOptions {
  /** Bytes held before the source is asked to pause. */
  readonly maxBytes: number;
  /** Called when the reader has made room after `push` returned false: the source may go on. */
  readonly onRoom?: () => void;
  /** Called once when the reader leaves before the end: the source must close. */
  readonly onClose?: () => void;
}

/**
 * The only bridge from a source that pushes to a reader that pulls. Single reader.
 * It never drops: an item pushed beyond `maxBytes` is kept, and `push` returns false until there is room.
 */
export class BoundedQueue<T> implements AsyncIterableIterator<T> {
  private readonly items: { readonly value: T; readonly bytes: number }[] = [];
  private head = 0;
  private held = 0;
  private full = false;
  private state: 'open' | 'ended' | 'closed' = 'open';
  private failure: Error | undefined;
  private waiting: { resolve(result: IteratorResult<T>): void; reject(error: Error): void } | undefined;

  constructor(private readonly options: BoundedQueueOptions) {}

  /** Bytes waiting for the reader. */
  get bytes(): number {
    return this.held;
  }

  /** True: go on. False: pause until `onRoom`. Pushing after the end or after the reader left is a no-op. */
  push(value: T, bytes: number): boolean {
    if (this.state !== 'open') return false;
    if (this.waiting) {
      const { resolve } = this.waiting;
      this.waiting = undefined;
      resolve({ done: false, value });
      return true;
    }
    this.items.push({ value, bytes });
    this.held += bytes;
    this.full = this.held >= this.options.maxBytes;
    return !this.full;
  }

  /** The reader gets what is queued, then the end. */
  end(): void {
    if (this.state !== 'open') return;
    this.state = 'ended';
    this.waiting?.resolve({ done: true, value: undefined });
    this.waiting = undefined;
  }

  /** The reader gets what is queued, then `error`. The first end or failure wins. */
  fail(error: Error): void {
    if (this.state !== 'open') return;
    this.state = 'ended';
    if (this.waiting) this.waiting.reject(error);
    else this.failure = error;
    this.waiting = undefined;
  }

  next(): Promise<IteratorResult<T>> {
    const item = this.items[this.head];
    if (item !== undefined) {
      this.drop();
      this.held -= item.bytes;
      if (this.full && this.held <= this.options.maxBytes / 2) {
        this.full = false;
        if (this.state === 'open') this.options.onRoom?.();
      }
      return Promise.resolve({ done: false, value: item.value });
    }
    if (this.failure) {
      const error = this.failure;
      this.failure = undefined;
      return Promise.reject(error);
    }
    if (this.state !== 'open') return Promise.resolve({ done: true, value: undefined });
    if (this.waiting) return Promise.reject(new Error('BoundedQueue has one reader, and its last pull is pending'));
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
    });
  }

  return(): Promise<IteratorResult<T>> {
    const wasOpen = this.state === 'open';
    this.state = 'closed';
    this.items.length = 0;
    this.head = 0;
    this.held = 0;
    this.failure = undefined;
    this.waiting?.resolve({ done: true, value: undefined });
    this.waiting = undefined;
    if (wasOpen) this.options.onClose?.();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  // Moving the head and cutting now and then keeps a long queue linear; `shift` on a large array is not.
  private drop(): void {
    this.head += 1;
    if (this.head > 64 && this.head * 2 > this.items.length) {
      this.items.splice(0, this.head);
      this.head = 0;
    }
  }
}
