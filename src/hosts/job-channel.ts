import { BoundedQueue } from '../core/bounded-queue.js';
import type { HostChannel } from '../core/host.js';
import { abortReason, SpeechError } from '../core/speech-error.js';
import { fromWire } from './error-wire.js';
import type { JobFrame, ToHost } from './host-protocol.js';

interface Output {
  readonly payload: unknown;
  readonly bytes: number;
}

interface Sender {
  resolve(): void;
  reject(error: Error): void;
}

/** How a channel reaches the host that carries it. */
export type PostToHost = (frame: ToHost, bytes: number) => void;

/** Gateway side of one job, from the pool's queue until its end. */
export class JobChannel implements HostChannel {
  /** `performance.now()` when the job was opened. */
  readonly openedAtMs = performance.now();
  private readonly outputs: BoundedQueue<Output>;
  private failure: SpeechError | undefined;
  private abortedWith: SpeechError | undefined;
  private over = false;
  private post: PostToHost | undefined;
  private backlog: { readonly frame: ToHost; readonly bytes: number }[] = [];
  private unacknowledged = 0;
  private senders: Sender[] = [];
  private owed = 0;

  constructor(
    readonly id: number,
    private readonly payload: unknown,
    private readonly signal: AbortSignal,
    private readonly windowBytes: number,
    /** Called once when the reader goes before the end. */
    private readonly onCancel: (channel: JobChannel) => void,
  ) {
    this.outputs = new BoundedQueue({ maxBytes: windowBytes, onClose: () => this.leave() });
    if (signal.aborted) this.onAbort();
    else signal.addEventListener('abort', this.onAbort, { once: true });
  }

  get isOver(): boolean {
    return this.over;
  }

  /** A host has room: hands it the job and the input that came before. */
  attach(post: PostToHost): void {
    this.post = post;
    post({ kind: 'open', job: this.id, payload: this.payload }, 0);
    for (const { frame, bytes } of this.backlog.splice(0)) post(frame, bytes);
  }

  receive(frame: JobFrame): void {
    if (this.over) return;
    switch (frame.kind) {
      case 'output':
        this.outputs.push({ payload: frame.payload, bytes: frame.bytes }, frame.bytes);
        return;
      case 'credit':
        this.unacknowledged -= frame.bytes;
        if (this.unacknowledged < this.windowBytes) for (const { resolve } of this.senders.splice(0)) resolve();
        return;
      case 'settled':
        if (frame.error) this.fail(fromWire(frame.error));
        else this.finish();
    }
  }

  /** The reader gets what has arrived, then `error`. */
  fail(error: SpeechError): void {
    if (this.over) return;
    this.close(error);
    this.outputs.fail(error);
  }

  send(payload: unknown, bytes: number): Promise<void> {
    if (this.over) return this.failure ? quietly(Promise.reject(this.failure)) : Promise.resolve();
    this.unacknowledged += bytes;
    this.toHost({ kind: 'input', job: this.id, payload, bytes }, bytes);
    if (this.unacknowledged < this.windowBytes) return Promise.resolve();
    return quietly(new Promise((resolve, reject) => this.senders.push({ resolve, reject })));
  }

  end(): void {
    if (!this.over) this.toHost({ kind: 'end', job: this.id }, 0);
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    return {
      next: async () => {
        const result = await this.pull();
        if (result.done) return result;
        this.repay(result.value.bytes);
        return { done: false, value: result.value.payload };
      },
      return: async () => {
        this.detach();
        await this.outputs.return();
        return { done: true, value: undefined };
      },
    };
  }

  private async pull(): Promise<IteratorResult<Output>> {
    if (this.abortedWith) throw this.abortedWith;
    try {
      const result = await this.outputs.next();
      if (result.done) this.detach();
      return result;
    } catch (error) {
      this.detach();
      throw error;
    }
  }

  private detach(): void {
    this.signal.removeEventListener('abort', this.onAbort);
  }

  private finish(): void {
    this.close(undefined);
    this.outputs.end();
  }

  // Abort is at once: what is queued is dropped, and a pull in flight rejects; also when the job itself is over.
  private readonly onAbort = (): void => {
    const reason = abortReason(this.signal);
    const running = !this.over;
    this.abortedWith = reason;
    if (running) this.close(reason);
    this.outputs.fail(reason);
    void this.outputs.return();
    if (running) this.onCancel(this);
  };

  private leave(): void {
    if (this.over) return;
    this.close(new SpeechError('cancelled', 'The reader left before the end.'));
    this.onCancel(this);
  }

  private close(failure: SpeechError | undefined): void {
    this.over = true;
    this.failure = failure;
    this.backlog = [];
    for (const { resolve, reject } of this.senders.splice(0)) {
      if (failure) reject(failure);
      else resolve();
    }
  }

  // A quarter of the window at a time: a credit frame for each chunk would double the messages.
  private repay(bytes: number): void {
    this.owed += bytes;
    if (this.over || this.owed < this.windowBytes / 4) return;
    this.post?.({ kind: 'credit', job: this.id, bytes: this.owed }, 0);
    this.owed = 0;
  }

  private toHost(frame: ToHost, bytes: number): void {
    if (this.post) this.post(frame, bytes);
    else this.backlog.push({ frame, bytes });
  }
}

// The reader of the channel is told of the same failure; a caller that does not await `send` must not end the process.
function quietly(promise: Promise<void>): Promise<void> {
  promise.catch(() => undefined);
  return promise;
}
