import { linkedAbort, type LinkedAbort } from '../core/abort.js';
import type { CallContext } from '../core/call-context.js';
import { abortReason, SpeechError } from '../core/speech-error.js';
import type { SpeechPolicy } from '../core/speech-handler.js';
import type { SpeechPart, SpeechStream } from '../core/speech-part.js';

export interface WatchdogOptions {
  /** Longest wait for the first audio part, in ms. */
  readonly firstAudioMs: number;
  /** Longest wait between two parts after that, in ms. */
  readonly interChunkMs: number;
  /** True while the source may be silent with good reason: it is then given its time anew. */
  readonly excused?: () => boolean;
  /** Named in the error. */
  readonly provider?: string;
}

/**
 * Ends a stream that is not fed: the pull rejects with `deadline` and the source's signal aborts.
 * Time only counts while someone is pulling, so a slow reader is never taken for a slow provider.
 * Abort of the call is raced here too: one listener and one promise a pull do for both.
 */
export function watchdog(options: WatchdogOptions): SpeechPolicy {
  return (next) => (request, call) => {
    const scope = linkedAbort(call.signal);
    const source = next(request, { ...call, signal: scope.signal });
    return new WatchedStream(source, scope, options);
  };
}

class WatchedStream implements AsyncIterableIterator<SpeechPart> {
  private readonly source: AsyncIterator<SpeechPart>;
  private timer: NodeJS.Timeout | undefined;
  private limitMs: number;
  private heard = false;
  private finished = false;
  private reject: ((error: Error) => void) | undefined;

  constructor(
    source: SpeechStream,
    private readonly scope: LinkedAbort,
    private readonly options: WatchdogOptions,
  ) {
    this.source = source[Symbol.asyncIterator]();
    this.limitMs = options.firstAudioMs;
    scope.signal.addEventListener('abort', this.onAbort, { once: true });
  }

  private readonly onAbort = (): void => {
    const reject = this.reject;
    this.finish();
    // The reader gets the abort's reason; what the closing source says after that has no one to go to.
    void this.source.return?.()?.then(undefined, () => {});
    reject?.(abortReason(this.scope.signal));
  };

  private readonly onTimeout = (): void => {
    const what = this.heard ? `sent nothing for ${this.limitMs} ms` : `made no audio within ${this.limitMs} ms`;
    const { provider } = this.options;
    this.scope.abort(
      new SpeechError('deadline', `${provider ?? 'The speech'} ${what}.`, provider === undefined ? {} : { provider }),
    );
  };

  next(): Promise<IteratorResult<SpeechPart>> {
    if (this.scope.signal.aborted) return Promise.reject(abortReason(this.scope.signal));
    if (this.finished) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.reject = reject;
      this.arm();
      this.source.next().then(
        (result) => {
          this.disarm(result);
          resolve(result);
        },
        (error: unknown) => {
          this.finish();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  // One timer a stream: `refresh` re-arms it without allocating, and a pull that is answered at once costs no timer.
  private arm(): void {
    if (!Number.isFinite(this.limitMs)) return;
    if (this.timer && this.heard) this.timer.refresh();
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (!this.reject) return;
      if (this.options.excused?.()) this.arm();
      else this.onTimeout();
    }, this.limitMs);
  }

  private disarm(result: IteratorResult<SpeechPart>): void {
    this.reject = undefined;
    if (result.done) return this.finish();
    if (!this.heard && result.value.type === 'audio') {
      this.heard = true;
      this.limitMs = this.options.interChunkMs;
      clearTimeout(this.timer);
      this.timer = undefined;
    }
  }

  private finish(): void {
    this.finished = true;
    this.reject = undefined;
    clearTimeout(this.timer);
    this.scope.signal.removeEventListener('abort', this.onAbort);
    this.scope.dispose();
  }

  async return(): Promise<IteratorResult<SpeechPart>> {
    if (!this.finished) {
      this.finish();
      this.scope.abort(new SpeechError('cancelled', 'The reader left.'));
      await this.source.return?.();
    }
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** The call's own limit for the first audio, counted from the arrival of the request. */
export function deadline(firstAudioMs: number): SpeechPolicy {
  return (next) => (request, call: CallContext) => {
    const leftMs = Math.max(1, firstAudioMs - (performance.now() - call.receivedAtMs));
    // The time for which a client is away is not the provider's.
    const excused = (): boolean => call.suspension?.suspended === true;
    return watchdog({ firstAudioMs: leftMs, interChunkMs: Infinity, excused })(next)(request, call);
  };
}
