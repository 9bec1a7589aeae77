import { isSpeechError } from '../../src/core/speech-error.js';
import type { EngineJob } from './inference/engine-job.js';
import type { InferenceEvent, InferenceJob } from './inference/inference-job.js';
import type { Dispatcher, Wish } from './scheduling/dispatcher.js';

/** How often a speech is taken up again after its process has died. */
const MOST_TRIES = 3;

/**
 * The events of one job. When the process that computes it dies, another one goes on at the sample that was reached;
 * the same job gives the same samples, so that nothing is to be heard of it.
 */
export async function* inferenceRun(
  dispatcher: Dispatcher,
  wish: Wish,
  speech: Omit<InferenceJob, 'from' | 'batch'>,
): AsyncGenerator<InferenceEvent> {
  let from = { sentence: 0, sample: 0 };
  let repeatable = true;
  let announced = -1;
  for (let attempt = 1; ; attempt += 1) {
    const lease = await dispatcher.acquire(wish);
    const job: EngineJob = { kind: 'speak', speech: { ...speech, from, batch: wish.batch } };
    try {
      for await (const step of lease.worker.host().open(job, wish.signal)) {
        const event = step as InferenceEvent;
        if (event.kind === 'audio') from = { sentence: event.index, sample: from.sample + event.pcm.length / 2 };
        if (event.kind === 'sentence-end') from = { sentence: event.index + 1, sample: 0 };
        if (event.kind === 'sentence') {
          ({ repeatable } = event);
          // Announced before the process died.
          if (event.index <= announced) continue;
          announced = event.index;
        }
        yield event;
      }
      return;
    } catch (error) {
      const wasHeard = from.sample > 0;
      if (!isHostDeath(error) || attempt >= MOST_TRIES || wish.signal.aborted || (wasHeard && !repeatable)) throw error;
    } finally {
      lease.release();
    }
  }
}

function isHostDeath(error: unknown): boolean {
  return isSpeechError(error) && error.code === 'upstream_failed' && error.retryable;
}
