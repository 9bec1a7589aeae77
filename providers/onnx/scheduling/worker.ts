import type { HostFactory, HostPool } from '../../../src/core/host.js';
import type { EngineInit, EngineJob, EngineState } from '../inference/engine-job.js';
import type { ModelRecipe } from '../inference/inference-job.js';

export interface WorkerOptions {
  readonly name: string;
  readonly hosts: HostFactory;
  readonly init: EngineInit;
  readonly slots: number;
}

/** One inference process, which is there while it is needed. */
export class Worker {
  private pool: HostPool | undefined;
  private readonly held = new Map<string, number>();
  private restarts = 0;
  private lastUsedMs = performance.now();
  active = 0;
  state: EngineState | undefined;

  constructor(private readonly options: WorkerOptions) {}

  get hasRoom(): boolean {
    return this.active < this.options.slots;
  }

  /** Batch work leaves a place free for someone who listens. */
  get hasRoomForBatch(): boolean {
    return this.active < Math.max(1, this.options.slots - 1);
  }

  /** Keys of the models that it has been asked to load and has room for. */
  get models(): readonly string[] {
    return [...this.held.keys()];
  }

  get isRunning(): boolean {
    return this.pool !== undefined;
  }

  get isReady(): boolean {
    return (this.pool?.stats().ready ?? 0) > 0;
  }

  get restartCount(): number {
    return this.restarts + (this.pool?.stats().restarts ?? 0);
  }

  /** Since the last speech ended, or since the process was there for the first one. */
  get idleMs(): number {
    if (this.active > 0 || !this.isReady) this.lastUsedMs = performance.now();
    return performance.now() - this.lastUsedMs;
  }

  /** How little it suits a speech with this model: the speeches it has, and whether it would have to load it. */
  cost({ key, bytes }: ModelRecipe): number {
    if (this.held.has(key)) return this.active;
    const held = [...this.held.values()].reduce((sum, size) => sum + size, 0);
    const crowded = held > 0 && held + bytes > this.options.init.budgetBytes;
    return this.active + (crowded ? 4 : 1.5);
  }

  /** The running process, started if need be. */
  host(): HostPool {
    this.pool ??= this.start();
    return this.pool;
  }

  hold({ key, bytes }: ModelRecipe): void {
    this.active += 1;
    this.held.delete(key);
    this.held.set(key, bytes);
    this.forget();
  }

  release(): void {
    this.active -= 1;
    this.lastUsedMs = performance.now();
  }

  /** Asks the engine where it computes and what it holds. */
  async ask(): Promise<EngineState | undefined> {
    const job: EngineJob = { kind: 'state' };
    for await (const state of this.host().open(job, AbortSignal.timeout(10_000))) {
      this.state = state as EngineState;
    }
    return this.state;
  }

  /** Ends the process: the only way to give the memory of its models back. */
  async stop(drainMs = 0): Promise<void> {
    const pool = this.pool;
    this.restarts = this.restartCount;
    this.pool = undefined;
    this.held.clear();
    await pool?.close(drainMs);
  }

  private start(): HostPool {
    const { name, hosts, init, slots } = this.options;
    return hosts.pool({
      name,
      module: new URL('../inference/onnx-engine.js', import.meta.url),
      init,
      hosts: 1,
      jobsPerHost: slots + 2,
      maxQueued: slots,
    });
  }

  // As the engine does it: the oldest go when the budget is spent.
  private forget(): void {
    let held = [...this.held.values()].reduce((sum, size) => sum + size, 0);
    for (const [key, size] of this.held) {
      if (held <= this.options.init.budgetBytes || this.held.size === 1) return;
      this.held.delete(key);
      held -= size;
    }
  }
}
