import { abortReason } from './speech-error.js';

/**
 * The same values as `source`, but a pull in flight rejects as soon as `signal` aborts, with the signal's reason.
 * `return()` alone does not wake a generator that is parked in an `await`, so without this a cancelled reader would
 * wait out the provider's stall. The source is told to close and is not waited for.
 */
export function abortable<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncIterableIterator<T> {
  return new AbortableIterator(source[Symbol.asyncIterator](), signal);
}

class AbortableIterator<T> implements AsyncIterableIterator<T> {
  private rejectPull: ((reason: Error) => void) | undefined;
  private done = false;

  constructor(
    private readonly source: AsyncIterator<T>,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', this.onAbort, { once: true });
  }

  private readonly onAbort = (): void => {
    this.finish();
    void this.source.return?.()?.then(undefined, ignoreLateFailure);
    this.rejectPull?.(abortReason(this.signal));
  };

  private finish(): void {
    this.done = true;
    this.signal.removeEventListener('abort', this.onAbort);
  }

  // One promise a pull and one listener a stream: racing against a single long-lived promise would keep a reaction
  // for every chunk alive until the end of the speech.
  next(): Promise<IteratorResult<T>> {
    if (this.signal.aborted) {
      if (!this.done) this.onAbort();
      return Promise.reject(abortReason(this.signal));
    }
    if (this.done) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.rejectPull = reject;
      this.source.next().then(
        (result) => {
          if (result.done) this.finish();
          resolve(result);
        },
        (error: unknown) => {
          this.finish();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  async return(): Promise<IteratorResult<T>> {
    if (!this.done) {
      this.finish();
      await this.source.return?.();
    }
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

// The reader has already been given the abort reason; what a closing source says afterwards has no one to go to.
function ignoreLateFailure(): void {}

export interface LinkedAbort {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
  /** Detaches from the parent; call it when the work ends, or the parent keeps every child alive. */
  dispose(): void;
}

/** A signal of its own that also follows `parent`, reason included. */
export function linkedAbort(parent: AbortSignal): LinkedAbort {
  const controller = new AbortController();
  const follow = (): void => controller.abort(parent.reason);
  if (parent.aborted) follow();
  else parent.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    dispose: () => parent.removeEventListener('abort', follow),
  };
}
