/**
 * A stream that is opened by its first pull; after that a pull is the inner stream's own, at no cost of its own.
 * Leaving before the first pull opens nothing.
 */
export function lazyStream<T>(open: () => AsyncIterable<T> | Promise<AsyncIterable<T>>): AsyncIterableIterator<T> {
  return new LazyStream(open);
}

class LazyStream<T> implements AsyncIterableIterator<T> {
  private inner: AsyncIterator<T> | undefined;
  private opening: Promise<AsyncIterator<T>> | undefined;
  private left = false;

  constructor(private readonly open: () => AsyncIterable<T> | Promise<AsyncIterable<T>>) {}

  next(): Promise<IteratorResult<T>> {
    if (this.inner) return this.inner.next();
    if (this.left) return Promise.resolve({ done: true, value: undefined });
    return this.first();
  }

  private async first(): Promise<IteratorResult<T>> {
    this.opening ??= this.start();
    return (await this.opening).next();
  }

  private async start(): Promise<AsyncIterator<T>> {
    try {
      this.inner = (await this.open())[Symbol.asyncIterator]();
      return this.inner;
    } catch (error) {
      this.left = true;
      throw error;
    }
  }

  async return(): Promise<IteratorResult<T>> {
    this.left = true;
    const inner = this.inner ?? (await this.opening?.catch(() => undefined));
    await inner?.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
