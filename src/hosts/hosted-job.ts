import type { HostEngine, HostJob, HostOutput } from '../core/host.js';
import { toWire, type WireError } from './error-wire.js';
import type { JobFrame } from './host-protocol.js';

type Input = { readonly payload: unknown; readonly bytes: number } | 'end';
type Post = (frame: JobFrame, bytes: number, urgent: boolean) => void;

/** A cancelled job whose engine does not settle gives its place back after this; the host itself is still answering. */
const CANCEL_GRACE_MS = 5_000;

/**
 * One job inside a host. Output leaves while the reader has credit and is held otherwise; input is pushed into the
 * engine one piece at a time, and its weight is given back to the sender when the engine has taken it.
 */
export class HostedJob implements HostOutput {
  cancelled = false;
  private job: HostJob | undefined;
  private readonly inputs: Input[] = [];
  private pumping = false;
  private ended = false;
  private held: { readonly payload: unknown; readonly bytes: number }[] = [];
  private waiters: (() => void)[] = [];
  private sentAny = false;
  private outcome: { readonly error?: WireError } | undefined;
  private over = false;
  private grace: NodeJS.Timeout | undefined;

  constructor(
    private readonly id: number,
    private credit: number,
    private readonly post: Post,
  ) {}

  start(engine: HostEngine, payload: unknown): void {
    try {
      this.job = engine.open(payload, this);
    } catch (error) {
      this.settle({ error: toWire(error) });
      return;
    }
    this.job.run.then(
      () => this.settle({}),
      (error: unknown) => this.settle({ error: toWire(error) }),
    );
  }

  emit(payload: unknown, bytes: number): void {
    if (this.cancelled || this.outcome) return;
    this.held.push({ payload, bytes });
    this.release();
  }

  drained(): Promise<void> {
    if (this.held.length === 0 || this.cancelled) return Promise.resolve();
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  grant(bytes: number): void {
    this.credit += bytes;
    this.release();
  }

  input(input: Input): void {
    this.inputs.push(input);
    void this.pump();
  }

  /** The reader has gone: nothing more leaves, the engine sees `cancelled` and gets its `end`, and has to settle. */
  cancel(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.inputs.length = 0;
    this.release();
    if (this.over) return;
    this.input('end');
    this.grace = setTimeout(() => this.settle({}), CANCEL_GRACE_MS);
  }

  private release(): void {
    if (this.over) return;
    if (this.cancelled) this.held = [];
    let sent = 0;
    for (const { payload, bytes } of this.held) {
      if (this.credit <= 0) break;
      this.credit -= bytes;
      sent += 1;
      this.post({ kind: 'output', job: this.id, payload, bytes }, bytes, !this.sentAny);
      this.sentAny = true;
    }
    if (sent > 0) this.held.splice(0, sent);
    if (this.held.length > 0) return;
    for (const wake of this.waiters.splice(0)) wake();
    if (this.outcome) this.finish();
  }

  private settle(outcome: { readonly error?: WireError }): void {
    this.outcome ??= outcome;
    this.inputs.length = 0;
    this.release();
  }

  // After the held output, so that a reader never loses what was made before the end.
  private finish(): void {
    this.over = true;
    clearTimeout(this.grace);
    this.post({ kind: 'settled', job: this.id, ...this.outcome }, 0, false);
  }

  private async pump(): Promise<void> {
    if (this.pumping) return;
    this.pumping = true;
    try {
      for (let input = this.inputs.shift(); input !== undefined; input = this.inputs.shift()) {
        if (this.outcome) break;
        if (input === 'end') {
          if (this.ended) continue;
          this.ended = true;
          await this.job?.end?.();
        } else {
          await this.job?.push?.(input.payload);
          this.post({ kind: 'credit', job: this.id, bytes: input.bytes }, 0, false);
        }
      }
    } catch (error) {
      this.settle({ error: toWire(error) });
      // The engine may still be inside `run`; it must not go on for a reader that has been told of the failure.
      this.cancelled = true;
      this.release();
    } finally {
      this.pumping = false;
    }
  }
}
