import { SpeechError, toSpeechError } from '../core/speech-error.js';
import type { SpeechPart, SpeechStream } from '../core/speech-part.js';

/** How a stream ended. `left`: its reader went or its call was aborted before it could end by itself. */
export type SpeechOutcome =
  | { readonly ended: 'complete' | 'left'; readonly heard: boolean; readonly firstAudioAtMs?: number | undefined }
  | {
      readonly ended: 'failed';
      readonly heard: boolean;
      readonly firstAudioAtMs?: number | undefined;
      readonly error: SpeechError;
    };

/**
 * The same parts, and `settled` is called exactly once when it is known how the stream ended: complete, failed (a
 * stream that ends without `complete` has failed), or left. An abort of `signal` settles at once, even while the source
 * does not answer. `heard` tells whether there was audio, `firstAudioAtMs` when, on the clock of `performance.now()`.
 */
export function onSettled(
  source: SpeechStream,
  signal: AbortSignal,
  settled: (outcome: SpeechOutcome) => void,
): AsyncIterableIterator<SpeechPart> {
  return new SettledStream(source[Symbol.asyncIterator](), signal, settled);
}

class SettledStream implements AsyncIterableIterator<SpeechPart> {
  private open = true;
  private firstAudioAtMs: number | undefined;
  private completed = false;

  constructor(
    private readonly source: AsyncIterator<SpeechPart>,
    private readonly signal: AbortSignal,
    private readonly settled: (outcome: SpeechOutcome) => void,
  ) {
    signal.addEventListener('abort', this.onAbort, { once: true });
    if (signal.aborted) this.onAbort();
  }

  private readonly onAbort = (): void => this.settle({ ended: 'left', ...this.heard() });

  private heard(): { heard: boolean; firstAudioAtMs: number | undefined } {
    const { firstAudioAtMs } = this;
    return { heard: firstAudioAtMs !== undefined, firstAudioAtMs };
  }

  private settle(outcome: SpeechOutcome): void {
    if (!this.open) return;
    this.open = false;
    this.signal.removeEventListener('abort', this.onAbort);
    this.settled(outcome);
  }

  async next(): Promise<IteratorResult<SpeechPart>> {
    try {
      const result = await this.source.next();
      if (!result.done) {
        if (result.value.type === 'audio') this.firstAudioAtMs ??= performance.now();
        else if (result.value.type === 'complete') this.complete();
      } else if (!this.completed) {
        this.fail(new SpeechError('incomplete', 'The speech ended without its end mark.'));
      }
      return result;
    } catch (error) {
      this.fail(toSpeechError(error));
      throw error;
    }
  }

  // At the part, not at the end after it: a reader that has its `complete` need not pull once more.
  private complete(): void {
    this.completed = true;
    this.settle({ ended: 'complete', ...this.heard() });
  }

  private fail(error: SpeechError): void {
    this.settle({ ended: 'failed', ...this.heard(), error });
  }

  async return(): Promise<IteratorResult<SpeechPart>> {
    this.onAbort();
    await this.source.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
