import { SpeechError } from '../core/speech-error.js';

export interface ActiveSpeech {
  readonly sessionId: string;
  readonly transport: string;
  readonly startedAtMs: number;
  cancel(reason: SpeechError): void;
}

/** Every speech that is being spoken in this process: bounds their number, and drains them at shutdown. */
export class ActiveSpeeches {
  private readonly speeches = new Map<string, ActiveSpeech>();
  private readonly idle = new Set<() => void>();
  private closing = false;

  constructor(private readonly maxSpeeches: () => number) {}

  get size(): number {
    return this.speeches.size;
  }

  get draining(): boolean {
    return this.closing;
  }

  /** Throws `unavailable` when the gateway drains or is full. Call `leave` when the speech has ended, however it ended. */
  enter(speech: ActiveSpeech): void {
    if (this.closing) {
      throw new SpeechError('unavailable', 'The gateway is shutting down; send the request again.', {
        retryAfterMs: 1000,
      });
    }
    if (this.speeches.size >= this.maxSpeeches()) {
      throw new SpeechError('unavailable', 'The gateway speaks as many speeches as it may (limits.speeches).', {
        retryAfterMs: 1000,
      });
    }
    this.speeches.set(speech.sessionId, speech);
  }

  leave(sessionId: string): void {
    this.speeches.delete(sessionId);
    if (this.speeches.size === 0) for (const resolve of this.idle) resolve();
  }

  cancel(sessionId: string, reason: SpeechError): boolean {
    const speech = this.speeches.get(sessionId);
    speech?.cancel(reason);
    return speech !== undefined;
  }

  /** Refuses new speeches, lets the running ones end for `drainMs`, then ends them with `unavailable`. */
  async drain(drainMs: number): Promise<void> {
    this.closing = true;
    if (await this.emptyWithin(drainMs)) return;
    const reason = new SpeechError('unavailable', 'The gateway is shutting down.', { retryAfterMs: 1000 });
    for (const speech of this.speeches.values()) speech.cancel(reason);
    await this.emptyWithin(1000);
  }

  private emptyWithin(limitMs: number): Promise<boolean> {
    if (this.speeches.size === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (empty: boolean): void => {
        clearTimeout(timer);
        this.idle.delete(onIdle);
        resolve(empty);
      };
      const onIdle = (): void => settle(true);
      const timer = setTimeout(() => settle(false), limitMs);
      this.idle.add(onIdle);
    });
  }
}
