import type * as Ort from 'onnxruntime-node';
import type { StagePart } from '../graph/split-model.js';
import { FrameBuffer } from './frame-buffer.js';
import type { Runtime, Tensors } from './runtime.js';

/** Runs a session when it is this speech's turn. */
export type RunStep = (session: Ort.InferenceSession, feeds: Tensors) => Promise<Tensors>;

export interface LoadedStage {
  readonly part: Omit<StagePart, 'model'>;
  readonly session: Ort.InferenceSession;
}

/** Multiplications of one run: some 15 ms of one core, so that a cancelled speech ends soon. */
const RUN_COST = 800e6;
const FEWEST_FRAMES = 12;
const MOST_FRAMES = 128;

/**
 * One stage of one sentence. Frames are asked for in order; it takes what it needs from the stage before, margins
 * included, and repeats only those.
 */
export class StageStream {
  private readonly made = new FrameBuffer();
  /** Latent frames that a run of this stage should have. */
  readonly preferredFrames: number;
  /** Output steps of one latent frame. */
  readonly stepsPerFrame: number;
  private readonly chunkSteps: number;
  private runs = 0;

  /** `steps`: input steps of the whole sentence. */
  constructor(
    private readonly runtime: Runtime,
    private readonly stage: LoadedStage,
    private readonly before: StageStream | undefined,
    private readonly edge: ReadonlyMap<string, FrameBuffer>,
    private readonly statics: Tensors,
    private readonly steps: number,
  ) {
    const stepsBefore = before?.stepsPerFrame ?? 1;
    const affordable = Math.floor(RUN_COST / Math.max(1, stage.part.cost * stepsBefore));
    this.preferredFrames = Math.min(MOST_FRAMES, Math.max(FEWEST_FRAMES, affordable));
    this.chunkSteps = this.preferredFrames * stepsBefore;
    this.stepsPerFrame = stepsBefore * stage.part.rate;
  }

  /** Output steps of the whole sentence. */
  get length(): number {
    return this.steps * this.stage.part.rate;
  }

  /** Output frames [from, to); what lies before `from` is forgotten. */
  async read(run: RunStep, from: number, to: number): Promise<Float32Array> {
    if (to > this.made.end) await this.make(run, from, to);
    return this.made.slice(from, to);
  }

  private async make(run: RunStep, keepFrom: number, to: number): Promise<void> {
    const { rate, reach, input, streams, output } = this.stage.part;
    const from = this.made.end / rate;
    // The first run makes what is asked for and not a step more: someone waits for it.
    const wanted = Math.ceil(to / rate);
    const until = Math.min(this.steps, this.runs === 0 ? wanted : Math.max(wanted, from + this.chunkSteps));
    const start = Math.max(0, from - reach.left);
    const end = Math.min(this.steps, until + reach.right);
    const feeds: Tensors = { ...this.statics };
    if (input !== undefined && this.before) {
      const values = await this.before.read(run, start, end);
      feeds[input] = this.runtime.floats(values, [1, values.length / (end - start), end - start]);
    }
    for (const name of streams) {
      const values = this.edge.get(name)?.slice(start, end) ?? new Float32Array(0);
      feeds[name] = this.runtime.floats(values, [1, values.length / (end - start), end - start]);
    }
    const made = (await run(this.stage.session, feeds))[output];
    const count = (end - start) * rate;
    this.made.append(made?.data as Float32Array, count, (from - start) * rate, (until - start) * rate, keepFrom);
    this.runs += 1;
  }
}
