import type * as Ort from 'onnxruntime-node';
import type { VocoderRecipe } from './inference-job.js';
import { runtimeError, type Runtime } from './runtime.js';
import { wholeSound, type Sound } from './sound.js';
import { inverseSpectrum } from './spectrum.js';
import { stagedSound } from './staged-sound.js';
import type { LoadedStage, RunStep } from './stage-stream.js';
import { takeApart } from './take-apart.js';

/** Turns the mel frames of an acoustic model into sound: window by window where its graph allows it. */
export class LoadedVocoder {
  private constructor(
    private readonly runtime: Runtime,
    private readonly recipe: VocoderRecipe,
    private readonly whole: Ort.InferenceSession | undefined,
    private readonly stages: readonly LoadedStage[],
  ) {}

  static async load(runtime: Runtime, recipe: VocoderRecipe): Promise<LoadedVocoder> {
    const [output = '', ...also] = recipe.outputs;
    const request = {
      sequenceInputs: [recipe.input],
      output,
      also,
      durations: 'none',
      seeded: true,
      paced: false,
    } as const;
    const cut = takeApart(recipe.path, { ...request, cut: recipe.cut });
    // Windows of the mel frames themselves, or none: there is no text side whose result could be kept.
    const { first, stages } =
      cut.first && cut.stages.length > 0 ? takeApart(recipe.path, { ...request, cut: false }) : cut;
    const session = first && (await runtime.session(first));
    const loaded: LoadedStage[] = [];
    for (const { model, ...part } of stages) loaded.push({ part, session: await runtime.session(model) });
    return new LoadedVocoder(runtime, recipe, session, loaded);
  }

  get streams(): boolean {
    return this.stages.length > 0;
  }

  async begin(run: RunStep, mel: Ort.Tensor, bounds: (hop: number) => readonly number[] | undefined): Promise<Sound> {
    const { input, outputs, kind } = this.recipe;
    if (this.streams) return stagedSound(this.runtime, this.stages, { [input]: mel }, bounds);
    if (!this.whole) throw runtimeError('The vocoder has no graph.', this.recipe.path);
    const made = await run(this.whole, { [input]: mel });
    const [audio, cosine, sine] = outputs.map((name) => made[name]?.data as Float32Array | undefined);
    const frames = mel.dims.at(-1) ?? 1;
    const sound = kind === 'spectrum' && audio && cosine && sine ? inverseSpectrum(audio, cosine, sine, frames) : audio;
    if (!sound) throw runtimeError('The vocoder gave no output.', outputs.join(', '));
    return wholeSound(sound, bounds(sound.length / frames));
  }

  async release(): Promise<void> {
    await Promise.all([this.whole?.release(), ...this.stages.map(({ session }) => session.release())]);
  }
}
