import type { RunStep } from './stage-stream.js';

/** One sentence on its way out of a model, read in order. */
export interface Sound {
  /** Known before anything is computed. */
  readonly samples: number;
  /** Samples at which each id begins, and the end; absent where the graph does not tell. */
  readonly bounds: readonly number[] | undefined;
  /** Samples of one window, the smallest first: what to read next for a listener who has heard `heard` samples. */
  window(heard: number): number;
  read(run: RunStep, from: number, to: number): Promise<Float32Array>;
}

/** Audio that came out of the graph in one piece. */
export function wholeSound(audio: Float32Array, bounds: readonly number[] | undefined): Sound {
  return {
    samples: audio.length,
    bounds,
    window: () => 4096,
    read: (_run, from, to) => Promise.resolve(audio.subarray(from, to)),
  };
}

/** The bounds of ids in samples, from the frames that each of them lasts. */
export function boundsOf(frames: ArrayLike<number>, hop: number): number[] {
  const bounds = [0];
  let at = 0;
  for (let i = 0; i < frames.length; i += 1) {
    at += frames[i] ?? 0;
    bounds.push(Math.round(at * hop));
  }
  return bounds;
}
