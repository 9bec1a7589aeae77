import { abortReason, SpeechError } from '../../../src/core/speech-error.js';
import type { ModelRecipe } from '../inference/inference-job.js';
import { WaitingLine, type Waiting } from './waiting-line.js';
import type { Worker } from './worker.js';

export interface DispatchOptions {
  /** Waiting speeches of one model; one more is refused. */
  readonly maxQueued: number;
  readonly maxWaitMs: number;
}

export interface Wish {
  readonly model: ModelRecipe;
  readonly session: string;
  readonly batch: boolean;
  /** `performance.now()` by which it must have begun. */
  readonly byMs: number | undefined;
  readonly signal: AbortSignal;
}

export interface Lease {
  readonly worker: Worker;
  readonly waitedMs: number;
  release(): void;
}

export interface QueueFigures {
  readonly queued: number;
  readonly refused: number;
  readonly longestWaitMs: number;
  readonly meanWaitMs: number;
}

interface Waiter extends Waiting {
  readonly wish: Wish;
  readonly sinceMs: number;
  grant(worker: Worker): void;
}

/** Places on the workers: at once where there are some, in fair turns where not, and never after the deadline. */
export class Dispatcher {
  private readonly line = new WaitingLine<Waiter>();
  private granted = 0;
  private refused = 0;
  private waitedMs = 0;
  private longestWaitMs = 0;

  constructor(
    private readonly workers: readonly Worker[],
    private readonly options: DispatchOptions,
  ) {}

  /** Throws `unavailable` when too many wait, `deadline` when its time has come, or why the signal was aborted. */
  acquire(wish: Wish): Promise<Lease> {
    if (wish.signal.aborted) return Promise.reject(abortReason(wish.signal));
    const worker = this.bestWorker(wish);
    if (worker && this.line.size === 0) return Promise.resolve(this.lease(worker, wish.model, 0));
    if (this.line.depth(wish.model.key) >= this.options.maxQueued) {
      this.refused += 1;
      return Promise.reject(
        new SpeechError('unavailable', 'Too many speeches wait for this voice.', {
          retryAfterMs: this.meanWait() + 500,
        }),
      );
    }
    return this.wait(wish);
  }

  figures(): QueueFigures {
    return {
      queued: this.line.size,
      refused: this.refused,
      longestWaitMs: Math.round(this.longestWaitMs),
      meanWaitMs: Math.round(this.meanWait()),
    };
  }

  private wait(wish: Wish): Promise<Lease> {
    const sinceMs = performance.now();
    const limitMs = Math.min(this.options.maxWaitMs, (wish.byMs ?? Infinity) - sinceMs);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        wish.signal.removeEventListener('abort', onAbort);
        this.line.remove(waiter);
      };
      const waiter: Waiter = {
        session: wish.session,
        model: wish.model.key,
        batch: wish.batch,
        wish,
        sinceMs,
        grant: (worker) => {
          leave();
          resolve(this.lease(worker, wish.model, performance.now() - sinceMs));
        },
      };
      const onAbort = (): void => {
        leave();
        reject(abortReason(wish.signal));
      };
      const timer = setTimeout(
        () => {
          leave();
          this.refused += 1;
          reject(new SpeechError('deadline', 'The voice was busy for too long.', { retryAfterMs: this.meanWait() }));
        },
        Math.max(0, limitMs),
      );
      wish.signal.addEventListener('abort', onAbort, { once: true });
      this.line.push(waiter);
      this.next();
    });
  }

  private lease(worker: Worker, model: ModelRecipe, waitedMs: number): Lease {
    this.granted += 1;
    this.waitedMs += waitedMs;
    this.longestWaitMs = Math.max(this.longestWaitMs, waitedMs);
    worker.hold(model);
    let held = true;
    return {
      worker,
      waitedMs,
      release: () => {
        if (!held) return;
        held = false;
        worker.release();
        this.next();
      },
    };
  }

  private next(): void {
    this.line.drain((waiter) => {
      const worker = this.bestWorker(waiter.wish);
      if (!worker) return false;
      waiter.grant(worker);
      return true;
    });
  }

  private bestWorker({ model, batch }: Wish): Worker | undefined {
    let best: Worker | undefined;
    for (const worker of this.workers) {
      if (batch ? !worker.hasRoomForBatch : !worker.hasRoom) continue;
      if (!best || worker.cost(model) < best.cost(model)) best = worker;
    }
    return best;
  }

  private meanWait(): number {
    return this.waitedMs / Math.max(1, this.granted);
  }
}
