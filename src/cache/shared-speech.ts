import { abortable, linkedAbort } from '../core/abort.js';
import type { CallContext } from '../core/call-context.js';
import { SpeechError, toSpeechError } from '../core/speech-error.js';
import type { CompletePart, SpeechPart, SpeechStream, StartPart } from '../core/speech-part.js';
import { ClipSpool, type ClipSpoolOptions } from './clip-spool.js';
import type { StoredClip } from './clip-store.js';
import { encodePart } from './part-codec.js';
import { SharedSuspension } from './shared-suspension.js';

export interface SharedSpeechOptions {
  readonly spool: ClipSpoolOptions;
  /** Makes the speech; called once, when someone reads. */
  readonly speak: (call: CallContext) => SpeechStream;
  /** A speech that ended in `complete`: keep it, or not. Settles before the spool is closed. */
  readonly keep: (clip: StoredClip, start: StartPart, complete: CompletePart) => Promise<void>;
  /** Nobody may join any more. */
  readonly onClosed: () => void;
}

/** One speech that is made once and read by any number of clients, each from the start and at its own pace. */
export class SharedSpeech {
  private readonly spool: ClipSpool;
  private readonly scope = linkedAbort(new AbortController().signal);
  private readonly suspension = new SharedSuspension();
  private readers = 0;
  private running: Promise<void> | undefined;
  private open = true;
  private ended = false;
  private onEmpty: (() => void) | undefined;

  constructor(private readonly options: SharedSpeechOptions) {
    this.spool = new ClipSpool(options.spool);
  }

  get joinable(): boolean {
    return this.open && this.spool.whole;
  }

  /** The encoded speech for one client; the speech is made with the call of the first. */
  read(call: CallContext): SharedReader {
    const { pieces, leave } = this.spool.reader();
    const forget = this.suspension.join(call.suspension);
    this.readers += 1;
    let here = true;
    const leaveOnce = (): void => {
      if (!here) return;
      here = false;
      call.signal.removeEventListener('abort', leaveOnce);
      this.readers -= 1;
      if (this.readers === 0) this.empty();
      leave();
      forget();
    };
    call.signal.addEventListener('abort', leaveOnce, { once: true });
    this.running ??= this.run(call);
    return { pieces, leave: leaveOnce };
  }

  /** Resolves when the speech has ended, was kept, and nobody reads it any more. */
  async settled(): Promise<void> {
    await this.running;
  }

  // Closed first: a client that comes in this very tick gets a speech of its own.
  private empty(): void {
    if (!this.ended) {
      const left = new SpeechError('cancelled', 'All readers left.');
      this.close();
      this.spool.end(left);
      this.scope.abort(left);
    }
    this.onEmpty?.();
  }

  private close(): void {
    if (!this.open) return;
    this.open = false;
    this.options.onClosed();
  }

  private async run(call: CallContext): Promise<void> {
    const whole = await this.fill(call);
    if (whole && this.spool.whole) await this.options.keep(this.spool.asClip(), whole.start, whole.complete);
    this.close();
    this.scope.dispose();
    if (this.readers > 0) await new Promise<void>((resolve) => (this.onEmpty = resolve));
    await this.spool.close();
  }

  /** Never rejects: each reader is told how the speech ended. */
  private async fill(call: CallContext): Promise<WholeSpeech | undefined> {
    const { signal } = this.scope;
    const { suspension } = this.suspension;
    const parts = abortable(this.options.speak({ ...call, signal, suspension }), signal);
    try {
      const whole = await this.pump(parts);
      this.ended = true;
      this.spool.end();
      return whole;
    } catch (error) {
      this.ended = true;
      this.close();
      this.spool.end(toSpeechError(error));
      return undefined;
    }
  }

  /** Pulls when a reader has nothing left to read, so that the fastest one sets the pace. */
  private async pump(parts: AsyncIterator<SpeechPart>): Promise<WholeSpeech | undefined> {
    let start: StartPart | undefined;
    try {
      for (;;) {
        await this.spool.wanted();
        const result = await parts.next();
        if (result.done) return undefined;
        const part = result.value;
        if (part.type === 'start') start = part;
        // Readers that have the end mark need not pull once more: from here on none of them can cancel the speech.
        if (part.type === 'complete') this.ended = true;
        await this.spool.append(encodePart(part));
        if (part.type === 'complete') return start && { start, complete: part };
      }
    } finally {
      await parts.return?.();
    }
  }
}

export interface SharedReader {
  readonly pieces: AsyncIterable<Buffer>;
  /** More than once is once; an abort of the call does it too. */
  leave(): void;
}

interface WholeSpeech {
  readonly start: StartPart;
  readonly complete: CompletePart;
}
