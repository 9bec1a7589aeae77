import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { HostPoolSpec } from '../core/host.js';
import { SpeechError } from '../core/speech-error.js';
import { engineModule, execArgvFor } from './engine-module.js';
import type { ToGateway, ToHost } from './host-protocol.js';
import type { HostTiming } from './host-timing.js';
import type { JobChannel } from './job-channel.js';
import { Outbox } from './outbox.js';

export interface HostChildEvents {
  /** The engine is loaded. */
  ready(): void;
  /** A place for a job has become free. */
  freed(): void;
  /** The process has ended, its channels have failed. `reason` says how, in words for the log. */
  gone(reason: string): void;
}

/** One forked process, from fork to exit: it is loaded once and never comes back. */
export class HostChild {
  private readonly child: ChildProcess;
  private readonly outbox: Outbox<ToHost>;
  private readonly jobs = new Map<number, JobChannel>();
  private readonly stuck = new Map<number, NodeJS.Timeout>();
  private readonly loadTimer: NodeJS.Timeout;
  private readonly exited: Promise<void>;
  private failure: string | undefined;
  private closing = false;
  private over = false;
  ready = false;

  constructor(
    private readonly spec: HostPoolSpec,
    private readonly timing: HostTiming,
    private readonly events: HostChildEvents,
  ) {
    const entry = engineModule(new URL('./host-process.js', import.meta.url));
    this.child = fork(fileURLToPath(entry), [], {
      execArgv: execArgvFor(entry),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.outbox = new Outbox((frames) => this.deliver(frames));
    this.child.on('message', (frames) => this.receive(frames as readonly ToGateway[]));
    this.exited = this.watchExit();
    this.loadTimer = setTimeout(() => this.kill('loading took too long'), timing.loadTimeoutMs);
    const { name, init } = spec;
    const module = engineModule(spec.module).href;
    this.outbox.post({ kind: 'load', pool: name, module, init, windowBytes: timing.windowBytes }, 0, true);
  }

  /** Jobs it holds, those included that were cancelled and have not let go yet. */
  get active(): number {
    return this.jobs.size;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  run(channel: JobChannel): void {
    this.jobs.set(channel.id, channel);
    channel.attach((frame, bytes) => this.outbox.post(frame, bytes));
  }

  /** The reader of a channel has gone. The place stays taken until the engine has let go. */
  cancel(channel: JobChannel): void {
    if (!this.jobs.has(channel.id)) return;
    this.outbox.post({ kind: 'cancel', job: channel.id }, 0, true);
    const timer = setTimeout(() => this.kill('a cancelled job held it'), this.timing.stuckAfterMs);
    this.stuck.set(channel.id, timer.unref());
  }

  /** Fails what still runs, lets the process leave by itself and kills it when it does not. */
  async stop(reason: SpeechError): Promise<void> {
    this.closing = true;
    for (const channel of this.jobs.values()) channel.fail(reason);
    this.outbox.clear();
    if (this.child.connected) this.child.disconnect();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), this.timing.exitGraceMs);
    await this.exited;
    clearTimeout(timer);
  }

  private deliver(frames: readonly ToHost[]): void {
    if (!this.child.connected) return;
    try {
      // The exit tells what a failed write would say; without the callback it would be an 'error' event.
      this.child.send(frames, () => undefined);
    } catch (error) {
      // A payload that cannot be cloned: which one is not known, and half a batch must not arrive.
      this.kill(error instanceof Error ? error.message : String(error));
    }
  }

  private receive(frames: readonly ToGateway[]): void {
    for (const frame of frames) {
      if (this.closing) return;
      if (frame.kind === 'ready') {
        clearTimeout(this.loadTimer);
        this.ready = true;
        this.events.ready();
      } else if (frame.kind === 'broken') this.kill(frame.reason);
      else {
        this.jobs.get(frame.job)?.receive(frame);
        if (frame.kind === 'settled') this.free(frame.job);
      }
    }
  }

  private free(job: number): void {
    this.jobs.delete(job);
    clearTimeout(this.stuck.get(job));
    this.stuck.delete(job);
    this.events.freed();
  }

  private kill(reason: string): void {
    this.failure ??= reason;
    this.child.kill('SIGKILL');
  }

  private watchExit(): Promise<void> {
    return new Promise((resolve) => {
      const gone = (how: string): void => {
        if (!this.clear()) return;
        resolve();
        this.onGone(this.failure ?? how);
      };
      // The last messages may be read after 'exit'; the channel is empty at 'disconnect'. ('close' would say both, but
      // does not come after a disconnect of our own.)
      this.child.once('exit', (code, signal) => {
        const how = signal ? `killed by ${signal}` : `ended with code ${code}`;
        if (this.child.connected) this.child.once('disconnect', () => gone(how));
        else gone(how);
      });
      this.child.on('error', (error) => {
        if (this.child.pid === undefined) gone(error.message);
        else this.kill(error.message);
      });
    });
  }

  /** False when it has been cleared before. */
  private clear(): boolean {
    if (this.over) return false;
    this.over = true;
    this.ready = false;
    clearTimeout(this.loadTimer);
    for (const timer of this.stuck.values()) clearTimeout(timer);
    this.outbox.clear();
    return true;
  }

  private onGone(reason: string): void {
    const error = new SpeechError('upstream_failed', `The ${this.spec.name} host stopped while it was speaking.`, {
      cause: reason,
    });
    for (const channel of this.jobs.values()) channel.fail(error);
    this.jobs.clear();
    this.events.gone(reason);
  }
}
