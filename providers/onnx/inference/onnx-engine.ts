import type { CreateHostEngine, HostOutput } from '../../../src/core/host.js';
import { probeModel } from './probe-model.js';
import type { EngineInit, EngineJob, EngineState } from './engine-job.js';
import { ModelShelf } from './model-shelf.js';
import { Runtime } from './runtime.js';
import { SpeakJob } from './speak-job.js';
import { StepQueue, type Turn } from './step-queue.js';

/** Loading comes before speaking: someone waits for it, and nobody has a full buffer because of it. */
const LOADING: Turn = { cancelled: false, dueMs: () => 0 };

/** Runs in a host process, the only place where onnxruntime is loaded. */
const createOnnxEngine: CreateHostEngine = async (init) => {
  const { budgetBytes, ...options } = init as EngineInit;
  const runtime = await Runtime.load(options, probeModel());
  const steps = new StepQueue();
  const shelf = new ModelShelf(runtime, { budgetBytes, step: (load) => steps.run(LOADING, load) });

  const speak = async (job: EngineJob & { kind: 'speak' }, output: HostOutput): Promise<void> => {
    const model = await shelf.acquire(job.speech.model);
    try {
      await new SpeakJob(job.speech, output, steps).run(model);
    } finally {
      shelf.release(model);
    }
  };

  const state = (): EngineState => ({
    device: runtime.device,
    ...(runtime.fallback !== undefined && { fallback: runtime.fallback }),
    models: shelf.keys,
    rssBytes: process.memoryUsage.rss(),
  });

  const answer = async (job: EngineJob & { kind: 'state' }, output: HostOutput): Promise<void> => {
    if (job.dropIdleMs !== undefined) await shelf.dropIdle(job.dropIdleMs);
    output.emit(state(), 64);
  };

  return {
    open(given, output) {
      const job = given as EngineJob;
      return { run: job.kind === 'speak' ? speak(job, output) : answer(job, output) };
    },
  };
};

export default createOnnxEngine;
