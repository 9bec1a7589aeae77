import { BoundedQueue } from '../../src/core/bounded-queue.js';
import { abortReason, toSpeechError, type SpeechError } from '../../src/core/speech-error.js';
import type { SpeechPart } from '../../src/core/speech-part.js';
import { Departure } from './departure.js';

/** Bytes of audio held for a reader before its source is paused. */
const WINDOW_BYTES = 64 * 1024;
/** Made once: a stack for each reader that leaves would be told to nobody. */
const READER_LEFT = new Error('the reader left');

/** What a source that pushes writes into. */
export interface SpeechOutlet {
  /** Told when the reader leaves or the call is cancelled: close the connection. */
  readonly departure: Departure;
  /** Called when there is room again after `push` answered false. */
  onRoom: (() => void) | undefined;
  /** False: pause until `onRoom`. */
  push(part: SpeechPart): boolean;
  /** After the last part. */
  end(): void;
  /** Instead of a last part. */
  fail(error: unknown): void;
}

export interface PushedSpeechOptions {
  readonly signal: AbortSignal;
  /** Named in errors that do not name theirs. */
  readonly provider: string;
  /** Starts the source; what it throws fails the speech. */
  readonly open: (outlet: SpeechOutlet) => Promise<void>;
  /** Told once how it ended, unless the reader left first. */
  readonly settled: (failure?: SpeechError) => void;
}

/**
 * A pulled speech over a source that pushes, opened at the first pull and not before. A chunk costs the queue's one
 * promise and nothing else. Cancelling `signal` rejects a parked pull at once.
 */
export function pushedSpeech(options: PushedSpeechOptions): AsyncIterableIterator<SpeechPart> {
  return new PushedSpeech(options);
}

class PushedSpeech implements AsyncIterableIterator<SpeechPart>, SpeechOutlet {
  readonly departure = new Departure();
  onRoom: (() => void) | undefined;
  private state: 'new' | 'open' | 'over' = 'new';
  /** Asked at every pull; the signal's own getter costs more than all the rest of it. */
  private cancelled: SpeechError | undefined;
  private readonly queue = new BoundedQueue<SpeechPart>({
    maxBytes: WINDOW_BYTES,
    onRoom: () => this.onRoom?.(),
  });

  constructor(private readonly options: PushedSpeechOptions) {}

  push(part: SpeechPart): boolean {
    return this.queue.push(part, part.type === 'audio' ? part.data.length : 0);
  }

  end(): void {
    if (this.finish()) this.options.settled();
    this.queue.end();
  }

  fail(error: unknown): void {
    const known = toSpeechError(error);
    const failure = known.provider === undefined ? known.with({ provider: this.options.provider }) : known;
    if (this.finish()) this.options.settled(failure);
    this.queue.fail(failure);
  }

  private readonly onAbort = (): void => {
    this.cancelled = abortReason(this.options.signal);
    this.finish();
    this.queue.fail(this.cancelled);
    this.departure.leave(this.cancelled);
  };

  /** True the first time. */
  private finish(): boolean {
    if (this.state === 'over') return false;
    if (this.state === 'open') this.options.signal.removeEventListener('abort', this.onAbort);
    this.state = 'over';
    return true;
  }

  next(): Promise<IteratorResult<SpeechPart>> {
    if (this.state === 'new') this.start();
    return this.cancelled ? Promise.reject(this.cancelled) : this.queue.next();
  }

  private start(): void {
    if (this.options.signal.aborted) return this.onAbort();
    this.state = 'open';
    this.options.signal.addEventListener('abort', this.onAbort, { once: true });
    this.options.open(this).catch((error: unknown) => this.fail(error));
  }

  return(): Promise<IteratorResult<SpeechPart>> {
    // In this order: what the closing connection says is no failure of the provider.
    if (this.finish()) this.departure.leave(READER_LEFT);
    return this.queue.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
