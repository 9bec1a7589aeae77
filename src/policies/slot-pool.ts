import { abortReason } from '../core/speech-error.js';
import { FairQueue } from './fair-queue.js';
import { Refusal } from './refusal.js';

/** `ongoing`: a later call of a speech that is being heard; it goes before all others and is never refused. */
export type SlotPriority = 'ongoing' | 'realtime' | 'batch';

export interface SlotPoolOptions {
  /** Named in errors. */
  readonly provider: string;
  /** Calls at the same time. */
  readonly maxActive: number;
  /** Calls that may wait. */
  readonly maxQueued: number;
  /** Told of each call that got its slot, also of those that did not wait. */
  readonly onWait?: (waitMs: number, priority: SlotPriority) => void;
}

export interface SlotTicket {
  readonly priority: SlotPriority;
  /** Those who share a key take turns with those of other keys. */
  readonly key: string;
  readonly signal: AbortSignal;
  /** On the clock of `performance.now()`: whoever still waits then gets `deadline`. */
  readonly deadlineAtMs?: number | undefined;
}

export interface Slot {
  /** Gives the slot back; more than once is once. */
  release(): void;
}

interface Waiter extends SlotTicket {
  readonly sinceMs: number;
  resolve(slot: Slot): void;
  refuse(error: Error): void;
}

/** One slot in so many goes to batch while realtime waits too. */
const BATCH_TURN = 8;

/**
 * The calls one provider gets at the same time. Those above it wait, bounded: the keys take turns within a class,
 * realtime goes before batch, and batch still gets each eighth slot. When the queue is full, realtime takes the place
 * of batch, and a key with few waiting takes that of one with many; else the newcomer is refused at once.
 */
export class SlotPool {
  private readonly waiting = {
    ongoing: new FairQueue<Waiter>(),
    realtime: new FairQueue<Waiter>(),
    batch: new FairQueue<Waiter>(),
  };
  private running = 0;
  private sinceBatch = 0;
  /** Moving average of how long a slot is held. */
  private holdMs = 1000;

  constructor(private readonly options: SlotPoolOptions) {}

  get active(): number {
    return this.running;
  }

  get depth(): number {
    return this.waiting.ongoing.size + this.waiting.realtime.size + this.waiting.batch.size;
  }

  /** Throws `unavailable` with `retryAfterMs` when full, `deadline`, or the reason of an abort. */
  acquire(ticket: SlotTicket): Promise<Slot> {
    if (ticket.signal.aborted) return Promise.reject(abortReason(ticket.signal));
    if (this.running < this.options.maxActive) {
      this.options.onWait?.(0, ticket.priority);
      return Promise.resolve(this.newSlot());
    }
    if (ticket.priority !== 'ongoing' && this.depth >= this.options.maxQueued && !this.makeRoom(ticket)) {
      return Promise.reject(this.full());
    }
    return this.wait(ticket);
  }

  private wait(ticket: SlotTicket): Promise<Slot> {
    return new Promise((resolve, reject) => {
      const queue = this.waiting[ticket.priority];
      let timer: NodeJS.Timeout | undefined;
      const leave = (): void => {
        clearTimeout(timer);
        ticket.signal.removeEventListener('abort', onAbort);
        queue.remove(waiter);
      };
      const waiter: Waiter = {
        ...ticket,
        sinceMs: performance.now(),
        resolve: (slot) => {
          leave();
          resolve(slot);
        },
        refuse: (error) => {
          leave();
          reject(error);
        },
      };
      const onAbort = (): void => waiter.refuse(abortReason(ticket.signal));
      ticket.signal.addEventListener('abort', onAbort, { once: true });
      if (ticket.deadlineAtMs !== undefined) {
        timer = setTimeout(() => waiter.refuse(this.tooLate()), Math.max(0, ticket.deadlineAtMs - waiter.sinceMs));
      }
      queue.push(waiter);
    });
  }

  private makeRoom({ priority, key }: SlotTicket): boolean {
    const { realtime, batch } = this.waiting;
    const victim =
      priority === 'realtime' && batch.size > 0
        ? batch.greediest()
        : fairVictim(priority === 'batch' ? batch : realtime, key);
    victim?.item.refuse(this.full());
    return victim !== undefined;
  }

  private newSlot(): Slot {
    this.running += 1;
    const sinceMs = performance.now();
    let held = true;
    return {
      release: () => {
        if (!held) return;
        held = false;
        this.running -= 1;
        this.holdMs += (performance.now() - sinceMs - this.holdMs) / 16;
        this.admit();
      },
    };
  }

  private admit(): void {
    while (this.running < this.options.maxActive) {
      const waiter = this.nextInTurn();
      if (!waiter) return;
      this.options.onWait?.(performance.now() - waiter.sinceMs, waiter.priority);
      waiter.resolve(this.newSlot());
    }
  }

  private nextInTurn(): Waiter | undefined {
    const { ongoing, realtime, batch } = this.waiting;
    if (ongoing.size > 0) return ongoing.shift();
    if (batch.size > 0 && (realtime.size === 0 || this.sinceBatch >= BATCH_TURN - 1)) {
      this.sinceBatch = 0;
      return batch.shift();
    }
    this.sinceBatch += 1;
    return realtime.shift();
  }

  private full(): Refusal {
    const { provider, maxActive } = this.options;
    const untilFreeMs = (this.holdMs * (this.depth + 1)) / Math.max(1, maxActive);
    const retryAfterMs = Math.round(Math.min(30_000, Math.max(250, untilFreeMs)));
    return new Refusal('unavailable', `Too many speeches wait for ${provider}.`, { provider, retryAfterMs });
  }

  private tooLate(): Refusal {
    const { provider } = this.options;
    return new Refusal('deadline', `The deadline passed while the speech waited for ${provider}.`, { provider });
  }
}

/** Whose place a newcomer of `key` may take: that of a key with at least two more waiting. */
function fairVictim(queue: FairQueue<Waiter>, key: string): { readonly item: Waiter } | undefined {
  const greediest = queue.greediest();
  return greediest && greediest.waiting > queue.sizeOf(key) + 1 ? greediest : undefined;
}
