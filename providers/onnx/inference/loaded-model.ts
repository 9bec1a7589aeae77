import type * as Ort from 'onnxruntime-node';
import { SpeechError } from '../../../src/core/speech-error.js';
import type { SplitModel } from '../graph/split-model.js';
import { feedsFor, type Settings } from './feeds.js';
import type { ModelRecipe, SentenceInput } from './inference-job.js';
import { LoadedVocoder } from './loaded-vocoder.js';
import { firstLine, runtimeError, type Runtime } from './runtime.js';
import { sequencesOf } from './sequences.js';
import { boundsOf, wholeSound, type Sound } from './sound.js';
import { stagedSound } from './staged-sound.js';
import type { LoadedStage, RunStep } from './stage-stream.js';
import { takeApart } from './take-apart.js';

/** The sessions of one voice model. */
export class LoadedModel {
  private constructor(
    private readonly runtime: Runtime,
    readonly recipe: ModelRecipe,
    private readonly split: Omit<SplitModel, 'first' | 'stages'>,
    private readonly first: Ort.InferenceSession,
    private readonly stages: readonly LoadedStage[],
    private readonly vocoder: LoadedVocoder | undefined,
  ) {}

  /** Throws `unsupported` with the runtime's words as the cause. */
  static async load(runtime: Runtime, recipe: ModelRecipe): Promise<LoadedModel> {
    try {
      const { first, stages, ...split } = takeApart(recipe.path, {
        sequenceInputs: sequencesOf(recipe.inputs),
        output: recipe.output,
        durations: recipe.durations,
        seeded: true,
        paced: !recipe.inputs.some(({ role }) => PACES.has(role)),
        cut: recipe.cut,
      });
      if (!first) throw new Error('the graph has no text side');
      const session = await runtime.session(first);
      const loaded: LoadedStage[] = [];
      for (const { model, ...part } of stages) loaded.push({ part, session: await runtime.session(model) });
      const vocoder = recipe.vocoder && (await LoadedVocoder.load(runtime, recipe.vocoder));
      return new LoadedModel(runtime, recipe, split, session, loaded, vocoder);
    } catch (error) {
      const message = `The voice model cannot be loaded: ${firstLine(error)}`;
      throw new SpeechError('unsupported', message, { param: 'voice', cause: error });
    }
  }

  get repeatable(): boolean {
    return this.split.repeatable;
  }

  /** Runs the text side; the sound follows as it is read. */
  async begin(run: RunStep, sentence: SentenceInput, settings: Settings): Promise<Sound> {
    const { recipe, split, runtime } = this;
    const takes = { offset: split.takesOffset, pace: split.takesPace };
    const out = await run(this.first, feedsFor(runtime, recipe.inputs, takes, sentence, settings));
    const frames = split.durations === undefined ? undefined : out[split.durations]?.data;
    const bounds = (hop: number): readonly number[] | undefined =>
      frames && boundsOf(frames as unknown as ArrayLike<number>, recipe.hop ?? hop);
    if (this.stages.length > 0) return stagedSound(runtime, this.stages, out, bounds);
    const made = out[split.output];
    if (!made) throw runtimeError('The voice model gave no output.', split.output);
    if (this.vocoder) return this.vocoder.begin(run, made, bounds);
    return this.whole(made.data as Float32Array, frames);
  }

  async release(): Promise<void> {
    await Promise.all([this.first.release(), ...this.stages.map(({ session }) => session.release())]);
    await this.vocoder?.release();
  }

  private whole(audio: Float32Array, frames: unknown): Sound {
    const { hop, trimEnd } = this.recipe;
    const kept = audio.length > 2 * trimEnd ? audio.subarray(0, audio.length - trimEnd) : audio;
    if (!frames) return wholeSound(kept, undefined);
    const counts = frames as ArrayLike<number>;
    const total = Array.from(counts, Number).reduce((sum, count) => sum + count, 0);
    return wholeSound(kept, boundsOf(counts, hop ?? audio.length / Math.max(1, total)));
  }
}

const PACES: ReadonlySet<string> = new Set(['scales3', 'scales2', 'pace', 'speed']);
