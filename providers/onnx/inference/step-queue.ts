import { abortError } from './aborted.js';

/** Whose turn it is: the lower, the sooner. */
export interface Turn {
  readonly cancelled: boolean;
  /** `performance.now()` at which its listener runs out of audio. */
  dueMs(): number;
}

interface Waiting {
  readonly turn: Turn;
  readonly step: () => Promise<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs one step at a time, that of the listener who would fall silent first. Between two steps the process reads its
 * messages, so that a cancelled speech costs at most the step that it is in.
 */
export class StepQueue {
  private readonly waiting: Waiting[] = [];
  private running = false;

  /** Rejects when the turn was cancelled before it came. */
  run<T>(turn: Turn, step: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({ turn, step, resolve, reject });
      this.next();
    });
  }

  get length(): number {
    return this.waiting.length;
  }

  private next(): void {
    if (this.running || this.waiting.length === 0) return;
    this.running = true;
    setImmediate(() => void this.runOne());
  }

  private async runOne(): Promise<void> {
    const waiting = this.takeMostUrgent();
    if (waiting) await settle(waiting);
    this.running = false;
    this.next();
  }

  private takeMostUrgent(): Waiting | undefined {
    let best = -1;
    let bestDue = Infinity;
    for (const [index, { turn }] of this.waiting.entries()) {
      const due = turn.cancelled ? -Infinity : turn.dueMs();
      if (best < 0 || due < bestDue) [best, bestDue] = [index, due];
    }
    return this.waiting.splice(best, 1)[0];
  }
}

async function settle({ turn, step, resolve, reject }: Waiting): Promise<void> {
  if (turn.cancelled) {
    reject(abortError());
    return;
  }
  try {
    resolve((await step()) as never);
  } catch (error) {
    reject(error);
  }
}
