import type { HostOutput } from '../../../src/core/host.js';
import { SpeechError } from '../../../src/core/speech-error.js';
import { abortError } from './aborted.js';
import type { InferenceEvent, InferenceJob } from './inference-job.js';
import type { LoadedModel } from './loaded-model.js';
import { toPcm16 } from './pcm.js';
import { runtimeError } from './runtime.js';
import type { Sound } from './sound.js';
import type { RunStep } from './stage-stream.js';
import type { StepQueue, Turn } from './step-queue.js';

/** Longest audio of one sentence; a hostile model may ask for days. */
const MOST_SECONDS = 600;
const RATE_HZ = 48_000;
/** Batch work waits for every listener. */
const BATCH_DELAY_MS = 3_600_000;

/** One request in a host: its sentences in order, each window when it is due. */
export class SpeakJob implements Turn {
  private readonly openedMs = performance.now();
  private firstAudioMs: number | undefined;
  private sentMs = 0;

  constructor(
    private readonly job: InferenceJob,
    private readonly output: HostOutput,
    private readonly steps: StepQueue,
  ) {}

  get cancelled(): boolean {
    return this.output.cancelled;
  }

  dueMs(): number {
    const base = this.firstAudioMs ?? this.openedMs;
    return base + this.sentMs + (this.job.batch ? BATCH_DELAY_MS : 0);
  }

  async run(model: LoadedModel): Promise<void> {
    const { sentences, from } = this.job;
    for (let index = from.sentence; index < sentences.length; index += 1) {
      if (this.cancelled) return;
      await this.speak(model, index, index === from.sentence ? from.sample : 0);
    }
  }

  private async speak(model: LoadedModel, index: number, from: number): Promise<void> {
    const sentence = this.job.sentences[index];
    if (!sentence || sentence.ids.length === 0) return;
    const sound = await model.begin(this.step, sentence, this.job);
    if (sound.samples > MOST_SECONDS * RATE_HZ) {
      throw new SpeechError('upstream_failed', 'The voice model wants to speak for hours.', { retryable: false });
    }
    this.emit({
      kind: 'sentence',
      index,
      samples: sound.samples,
      ...(sound.bounds && { bounds: sound.bounds }),
      repeatable: model.repeatable,
    });
    for (let at = 0; at < sound.samples && !this.cancelled;) at = await this.window(sound, index, at, from);
    this.emit({ kind: 'sentence-end', index, samples: sound.samples });
  }

  /** The windows before `from` are computed as well: then those after it are the same as they were. */
  private async window(sound: Sound, index: number, at: number, from: number): Promise<number> {
    const to = Math.min(sound.samples, at + sound.window(at));
    const samples = await sound.read(this.step, at, to);
    if (samples.some((sample) => !Number.isFinite(sample))) {
      throw new SpeechError('upstream_failed', 'The voice model gave no sound but nonsense.', { retryable: false });
    }
    const unheard = samples.subarray(Math.max(0, from - at));
    if (unheard.length === 0) return to;
    this.emit({ kind: 'audio', index, pcm: toPcm16(unheard, this.job.gain) });
    this.firstAudioMs ??= performance.now();
    // The rate is not known here; the slowest common one errs on the side of serving too soon.
    this.sentMs += (unheard.length / RATE_HZ) * 1000;
    await this.output.drained();
    return to;
  }

  private readonly step: RunStep = async (session, feeds) => {
    if (this.cancelled) throw abortError();
    return this.steps.run(this, async () => {
      try {
        return await session.run(feeds);
      } catch (error) {
        throw runtimeError('The voice model failed while it was speaking.', error);
      }
    });
  };

  private emit(event: InferenceEvent): void {
    this.output.emit(event, event.kind === 'audio' ? event.pcm.length : 64);
  }
}
