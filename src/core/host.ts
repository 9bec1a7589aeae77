/**
 * Ports of the host pool: native and WASM engines run in forked processes, one kind of engine to a pool, and are
 * spoken to through channels. Payloads are structured-clone values; `bytes` is their weight against the windows.
 */
export interface HostPoolSpec {
  /** Names the pool in metrics and logs: `codec`, `espeak`. */
  readonly name: string;
  /** Module whose default export is a `CreateHostEngine`. */
  readonly module: URL;
  /** Handed to `CreateHostEngine` in each host; structured-clone value. */
  readonly init?: unknown;
  /** Number of processes. */
  readonly hosts: number;
  /** Jobs one host holds at the same time; the others wait in the pool's queue. */
  readonly jobsPerHost: number;
  /** Jobs that may wait; one more is refused with `unavailable`. */
  readonly maxQueued: number;
}

export interface HostFactory {
  pool(spec: HostPoolSpec): HostPool;
}

export interface HostPool {
  /** Queues the job and opens its channel. Aborting `signal` cancels it in the host and fails the channel at once. */
  open(job: unknown, signal: AbortSignal): HostChannel;
  /** Starts the hosts and resolves when one has loaded its engine; rejects with why it could not. */
  ready(): Promise<void>;
  stats(): HostPoolStats;
  /** Lets running jobs end for at most `drainMs` (default 0), then stops the processes. */
  close(drainMs?: number): Promise<void>;
}

export interface HostPoolStats {
  readonly hosts: number;
  readonly ready: number;
  readonly active: number;
  readonly queued: number;
  readonly restarts: number;
}

/**
 * One job in a host. Iterate it for the engine's output; leaving the loop early cancels the job.
 * It throws `upstream_failed` when the host dies, `unavailable` when the queue is full, or what the engine threw.
 */
export interface HostChannel extends AsyncIterable<unknown> {
  /** Hands the engine one input; resolves once the window (256 KiB) has room for the next. */
  send(payload: unknown, bytes: number): Promise<void>;
  /** No more input. */
  end(): void;
}

/** Engine side: what a module loaded by a host exports as default. */
export type CreateHostEngine = (init: unknown) => Promise<HostEngine>;

export interface HostEngine {
  open(job: unknown, output: HostOutput): HostJob;
}

export interface HostOutput {
  /** Queues one output towards the gateway; it leaves when the reader has room. */
  emit(payload: unknown, bytes: number): void;
  /** Resolves when everything emitted has left for the reader's window; long jobs await it between windows. */
  drained(): Promise<void>;
  /** True once the reader has gone; check it between windows of work. */
  readonly cancelled: boolean;
}

/**
 * A job ends when `run` settles. Rejecting with a SpeechError carries its code and message to the gateway.
 * When the reader goes, `cancelled` becomes true and `end` is called if it has not been; `run` must then settle soon.
 */
export interface HostJob {
  push?(payload: unknown): void | Promise<void>;
  end?(): void | Promise<void>;
  readonly run: Promise<void>;
}
