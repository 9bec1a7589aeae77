import type { ProviderContext } from '../../src/core/provider.js';
import { isSpeechError } from '../../src/core/speech-error.js';
import { threadsOf, workersOf, type OnnxOptions } from './options.js';
import { Dispatcher } from './scheduling/dispatcher.js';
import { Worker } from './scheduling/worker.js';

export interface CrewHealth {
  readonly modelLoaded: boolean;
  readonly device: string | undefined;
  /** Why nothing can be spoken at all. */
  readonly failure: string | undefined;
  /** What an operator should know. */
  readonly finding: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The inference processes of one provider. */
export class WorkerCrew {
  readonly dispatcher: Dispatcher;
  private readonly workers: readonly Worker[];
  private readonly timer: NodeJS.Timeout;
  private failure: string | undefined;

  constructor(
    private readonly options: OnnxOptions,
    { id, hosts, log }: ProviderContext,
  ) {
    const init = {
      budgetBytes: Math.floor(options.memory_bytes / workersOf(options)),
      executionProviders: options.execution_providers,
      threads: threadsOf(options),
    };
    const slots = options.speeches_per_worker;
    this.workers = Array.from({ length: workersOf(options) }, () => new Worker({ name: id, hosts, init, slots }));
    this.dispatcher = new Dispatcher(this.workers, { maxQueued: options.max_queued, maxWaitMs: options.max_wait_ms });
    const idleMs = options.idle_unload_s * 1000;
    const look = (worker: Worker): void => {
      if (!worker.isRunning) return;
      if (worker.idleMs >= idleMs) {
        log.info(
          { provider: id, idleMs: Math.round(worker.idleMs) },
          'an idle inference process gives its memory back',
        );
        void worker.stop();
      } else if (worker.isReady) {
        worker
          .ask()
          .catch((error: unknown) => log.debug({ provider: id, err: error }, 'a worker did not say how it is'));
      }
    };
    this.timer = setInterval(() => this.workers.forEach(look), Math.max(250, Math.min(30_000, idleMs / 4))).unref();
  }

  /** Starts the first process, so that the first speech finds the runtime loaded. */
  async start(): Promise<void> {
    try {
      await this.workers[0]?.ask();
      this.failure = undefined;
    } catch (error) {
      this.failure = isSpeechError(error) ? error.message : String(error);
      throw error;
    }
  }

  health(): CrewHealth {
    const state = this.workers.find((worker) => worker.state)?.state;
    const [wished = 'cpu'] = this.options.execution_providers;
    const fellBack = state !== undefined && state.device !== wished;
    return {
      modelLoaded: this.workers.some(({ isReady }) => isReady),
      device: state?.device,
      failure: this.workers.some(({ isReady }) => isReady) ? undefined : this.failure,
      finding: fellBack ? `computes on ${state.device}: ${state.fallback ?? `${wished} is not there`}` : undefined,
      details: {
        workers: this.workers.map((worker) => ({
          running: worker.isRunning,
          active: worker.active,
          models: worker.models.length,
          restarts: worker.restartCount,
          rssMb: worker.state === undefined ? undefined : Math.round(worker.state.rssBytes / 1e6),
        })),
        queue: this.dispatcher.figures(),
        executionProviders: this.options.execution_providers,
      },
    };
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.workers.map((worker) => worker.stop()));
  }
}
