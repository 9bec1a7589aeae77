import type { Log } from '../core/call-context.js';
import type { HostPoolSpec } from '../core/host.js';
import type { SpeechError } from '../core/speech-error.js';
import { HostChild } from './host-child.js';
import type { HostTiming } from './host-timing.js';
import type { JobChannel } from './job-channel.js';
import { restartDelayMs } from './restart-backoff.js';

export interface HostSlotOptions {
  readonly spec: HostPoolSpec;
  readonly timing: HostTiming;
  readonly log: Log;
  /** There is room for a job: the engine is loaded or a job has ended. */
  onRoom(): void;
  /** The engine could not be loaded. */
  onBroken(reason: string): void;
  onRestart(): void;
}

/** One place in a pool: keeps a process in it, and starts the next when one dies. */
export class HostSlot {
  private child: HostChild | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readyAtMs = 0;
  private failures = 0;
  private stopped = false;
  restarts = 0;

  constructor(private readonly options: HostSlotOptions) {}

  get state(): 'idle' | 'starting' | 'ready' | 'waiting' {
    if (this.child) return this.child.ready ? 'ready' : 'starting';
    return this.timer ? 'waiting' : 'idle';
  }

  get active(): number {
    return this.child?.active ?? 0;
  }

  get hasRoom(): boolean {
    return this.state === 'ready' && this.active < this.options.spec.jobsPerHost;
  }

  start(): void {
    if (this.stopped || this.child) return;
    this.timer = undefined;
    const { spec, timing, onRoom } = this.options;
    const child = new HostChild(spec, timing, {
      ready: () => {
        this.readyAtMs = performance.now();
        onRoom();
      },
      freed: onRoom,
      gone: (reason) => this.onGone(reason),
    });
    this.child = child;
  }

  run(channel: JobChannel): void {
    this.child?.run(channel);
  }

  cancel(channel: JobChannel): void {
    this.child?.cancel(channel);
  }

  async stop(reason: SpeechError): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.child?.stop(reason);
  }

  private onGone(reason: string): void {
    this.child = undefined;
    if (this.stopped) return;
    const { spec, timing, log, onBroken } = this.options;
    const aliveMs = this.readyAtMs === 0 ? 0 : performance.now() - this.readyAtMs;
    const loaded = this.readyAtMs !== 0;
    this.readyAtMs = 0;
    if (aliveMs >= timing.healthyAfterMs) this.failures = 0;
    const delayMs = restartDelayMs(this.failures);
    this.failures += 1;
    log.error({ pool: spec.name, reason, loaded, restartInMs: Math.round(delayMs) }, 'a host process has ended');
    this.timer = setTimeout(() => this.restart(), delayMs);
    if (!loaded) onBroken(reason);
  }

  private restart(): void {
    this.restarts += 1;
    this.options.onRestart();
    this.start();
  }
}
