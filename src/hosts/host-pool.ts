import type { Log } from '../core/call-context.js';
import type { HostChannel, HostPool, HostPoolSpec, HostPoolStats } from '../core/host.js';
import { SpeechError } from '../core/speech-error.js';
import { HostSlot } from './host-slot.js';
import type { HostTiming } from './host-timing.js';
import { JobChannel } from './job-channel.js';

export interface HostPoolOptions {
  readonly spec: HostPoolSpec;
  readonly timing: HostTiming;
  readonly log: Log;
  onRestart(): void;
  onQueueWait(waitMs: number): void;
  onClosed(): void;
}

/** Told to a refused caller: a place frees within about the length of a job. */
const RETRY_AFTER_MS = 1_000;

/** A queue of jobs in front of a few host processes; each job goes to the host with the fewest. */
export class ForkedHostPool implements HostPool {
  private readonly slots: readonly HostSlot[];
  private readonly queue = new Set<JobChannel>();
  private readonly carriers = new WeakMap<JobChannel, HostSlot>();
  private readyWaiters: { resolve(): void; reject(error: Error): void }[] = [];
  private idleWaiter: (() => void) | undefined;
  private nextJob = 1;
  private broken: SpeechError | undefined;
  private started = false;
  private closing: Promise<void> | undefined;

  constructor(private readonly options: HostPoolOptions) {
    const { spec, timing, log, onRestart } = options;
    const slot = (): HostSlot =>
      new HostSlot({
        spec,
        timing,
        log,
        onRestart,
        onRoom: () => this.onRoom(),
        onBroken: (reason) => this.onBroken(reason),
      });
    this.slots = Array.from({ length: spec.hosts }, slot);
  }

  open(job: unknown, signal: AbortSignal): HostChannel {
    this.start();
    const channel = new JobChannel(this.nextJob++, job, signal, this.options.timing.windowBytes, (gone) =>
      this.onCancel(gone),
    );
    if (channel.isOver) return channel;
    const refusal = this.refusal();
    if (refusal) channel.fail(refusal);
    else {
      this.queue.add(channel);
      this.dispatch();
    }
    return channel;
  }

  ready(): Promise<void> {
    if (this.closing) return Promise.reject(this.closed());
    this.start();
    if (this.slots.some((slot) => slot.state === 'ready')) return Promise.resolve();
    if (this.broken) return Promise.reject(this.broken);
    return new Promise((resolve, reject) => this.readyWaiters.push({ resolve, reject }));
  }

  stats(): HostPoolStats {
    const sum = (of: (slot: HostSlot) => number): number => this.slots.reduce((total, slot) => total + of(slot), 0);
    return {
      hosts: this.slots.length,
      ready: this.slots.filter((slot) => slot.state === 'ready').length,
      active: sum((slot) => slot.active),
      queued: this.queue.size,
      restarts: sum((slot) => slot.restarts),
    };
  }

  close(drainMs = 0): Promise<void> {
    this.closing ??= this.shutDown(drainMs);
    return this.closing;
  }

  private start(): void {
    if (this.started || this.closing) return;
    this.started = true;
    for (const slot of this.slots) slot.start();
  }

  private refusal(): SpeechError | undefined {
    if (this.closing) return this.closed();
    if (this.broken) return this.broken;
    const { name, jobsPerHost, maxQueued } = this.options.spec;
    // Places of hosts that are still starting count: at the first job there would be no room anywhere otherwise.
    const coming = this.slots.filter((slot) => slot.state !== 'ready').length * jobsPerHost;
    const free = this.slots.some((slot) => slot.hasRoom) ? 1 : 0;
    if (this.queue.size < maxQueued + coming + free) return undefined;
    return new SpeechError('unavailable', `Every place of the ${name} hosts is taken.`, {
      retryAfterMs: RETRY_AFTER_MS,
    });
  }

  private dispatch(): void {
    for (const channel of this.queue) {
      const slot = this.emptiest();
      if (!slot) return;
      this.queue.delete(channel);
      this.carriers.set(channel, slot);
      this.options.onQueueWait(performance.now() - channel.openedAtMs);
      slot.run(channel);
    }
  }

  private emptiest(): HostSlot | undefined {
    let best: HostSlot | undefined;
    for (const slot of this.slots) {
      if (slot.hasRoom && (!best || slot.active < best.active)) best = slot;
    }
    return best;
  }

  private onRoom(): void {
    this.broken = undefined;
    for (const { resolve } of this.readyWaiters.splice(0)) resolve();
    this.dispatch();
    this.checkIdle();
  }

  private onBroken(reason: string): void {
    if (this.slots.some((slot) => slot.state === 'ready' || slot.state === 'starting')) return;
    const { name } = this.options.spec;
    this.broken = new SpeechError('unavailable', `The ${name} engine could not be loaded: ${forClients(reason)}`, {
      cause: reason,
      retryAfterMs: 10 * RETRY_AFTER_MS,
    });
    this.failWaiting(this.broken);
  }

  private failWaiting(error: SpeechError): void {
    for (const channel of this.queue) channel.fail(error);
    this.queue.clear();
    for (const { reject } of this.readyWaiters.splice(0)) reject(error);
    this.checkIdle();
  }

  private onCancel(channel: JobChannel): void {
    if (!this.queue.delete(channel)) this.carriers.get(channel)?.cancel(channel);
    this.checkIdle();
  }

  private async shutDown(drainMs: number): Promise<void> {
    if (drainMs > 0 && !this.isIdle) await this.idleWithin(drainMs);
    this.failWaiting(this.closed());
    await Promise.all(this.slots.map((slot) => slot.stop(this.closed())));
    this.options.onClosed();
  }

  private get isIdle(): boolean {
    return this.queue.size === 0 && this.slots.every((slot) => slot.active === 0);
  }

  private checkIdle(): void {
    if (this.isIdle) this.idleWaiter?.();
  }

  private idleWithin(drainMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, drainMs);
      this.idleWaiter = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private closed(): SpeechError {
    return new SpeechError('unavailable', `The ${this.options.spec.name} hosts are shutting down.`);
  }
}

/** Without the file paths a loader puts into its messages. */
function forClients(reason: string): string {
  return (reason.split('\n')[0] ?? '').replace(/(?:file:\/\/)?(?:\/[\w@.+-]+){2,}/g, '…');
}
