import type { Sound } from './sound.js';
import { StageStream, type LoadedStage } from './stage-stream.js';
import { FrameBuffer } from './frame-buffer.js';
import { runtimeError, type Runtime, type Tensors } from './runtime.js';

/** The first window: 93 ms at 22,050 Hz and 256 samples a frame. */
const FIRST_FRAMES = 8;

/**
 * A sentence whose latent frames are there and whose sound is made window by window. `edge` holds what the stages take
 * from before; what has one step for each frame runs along, the rest is the same for all windows.
 */
export function stagedSound(
  runtime: Runtime,
  stages: readonly LoadedStage[],
  edge: Tensors,
  bounds: (hop: number) => readonly number[] | undefined,
): Sound {
  const frames = frameCount(stages, edge);
  const streams = new Map<string, FrameBuffer>();
  for (const name of new Set(stages.flatMap(({ part }) => part.streams)))
    streams.set(name, running(edge, name, frames));
  let last: StageStream | undefined;
  let steps = frames;
  const chain: StageStream[] = [];
  for (const stage of stages) {
    const statics = Object.fromEntries(stage.part.statics.flatMap((name) => (edge[name] ? [[name, edge[name]]] : [])));
    last = new StageStream(runtime, stage, last, streams, statics, steps);
    steps = last.length;
    chain.push(last);
  }
  const hop = last?.stepsPerFrame ?? 1;
  const most = Math.min(...chain.map(({ preferredFrames }) => preferredFrames));
  return {
    samples: steps,
    bounds: bounds(hop),
    // Each window is half of what has been heard: the listener has audio for as long as the next takes to compute.
    window: (heard) => hop * Math.min(most, Math.max(FIRST_FRAMES, Math.floor(heard / hop / 2))),
    read: async (run, from, to) => (await last?.read(run, from, to)) ?? new Float32Array(0),
  };
}

function frameCount(stages: readonly LoadedStage[], edge: Tensors): number {
  const first = stages[0]?.part;
  const counts = new Set((first?.streams ?? []).map((name) => edge[name]?.dims.at(-1) ?? 0));
  const [frames] = counts;
  if (counts.size !== 1 || frames === undefined) {
    throw runtimeError('The voice model is not built as its layers say.', `frame counts ${[...counts].join(', ')}`);
  }
  return frames;
}

function running(edge: Tensors, name: string, frames: number): FrameBuffer {
  const buffer = new FrameBuffer();
  const data = edge[name]?.data;
  if (!(data instanceof Float32Array)) throw runtimeError('The voice model is not built as its layers say.', name);
  if (frames > 0) buffer.append(data, frames, 0, frames, 0);
  return buffer;
}
