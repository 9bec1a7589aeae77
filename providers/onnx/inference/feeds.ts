import type * as Ort from 'onnxruntime-node';
import { ELEMENT } from '../graph/onnx-field.js';
import { NOISE_OFFSET, NOISE_PERIOD } from '../graph/seed-noise.js';
import { PACE } from '../graph/split-model.js';
import type { InferenceJob, RecipeInput, SentenceInput } from './inference-job.js';
import type { Runtime, Tensors } from './runtime.js';

export type Settings = Pick<InferenceJob, 'noise' | 'noiseWidth' | 'pace' | 'speaker' | 'language' | 'seed'>;

/** What the first part of a model is fed for one sentence. */
export function feedsFor(
  runtime: Runtime,
  inputs: readonly RecipeInput[],
  takes: { readonly offset: boolean; readonly pace: boolean },
  sentence: SentenceInput,
  settings: Settings,
): Tensors {
  const feeds: Tensors = {};
  for (const input of inputs) feeds[input.name] = tensorFor(runtime, input, sentence, settings);
  if (takes.offset) feeds[NOISE_OFFSET] = runtime.int64([noiseOffset(sentence.ids, settings.seed)], [1]);
  if (takes.pace) feeds[PACE] = runtime.floats(Float32Array.of(settings.pace), [1]);
  return feeds;
}

function tensorFor(
  runtime: Runtime,
  input: RecipeInput,
  { ids, style = new Float32Array(0) }: SentenceInput,
  settings: Settings,
): Ort.Tensor {
  const { role, rank } = input;
  const { noise, noiseWidth, pace } = settings;
  switch (role) {
    case 'ids':
      return typed(runtime, input, ids, [1, ids.length]);
    case 'mask':
      return typed(
        runtime,
        input,
        ids.map(() => 1),
        [1, ids.length],
      );
    case 'scales3':
      return typed(runtime, input, [noise, pace, noiseWidth], [3]);
    case 'scales2':
      return typed(runtime, input, [noise, pace], [2]);
    case 'style':
      return typed(runtime, input, Array.from(style), [1, style.length]);
    default:
      return typed(
        runtime,
        input,
        [single(input, ids, settings)],
        Array.from({ length: rank }, () => 1),
      );
  }
}

function single(
  { role, elementType }: RecipeInput,
  ids: readonly number[],
  { noise, noiseWidth, pace, speaker, language }: Settings,
): number {
  switch (role) {
    case 'lengths':
      return ids.length;
    case 'noise':
      return noise;
    case 'noise-width':
      return noiseWidth;
    case 'speaker':
      return speaker;
    case 'language':
      return language;
    case 'speed':
      // Exports that were traced with a whole number take nothing else.
      return elementType === ELEMENT.float ? 1 / pace : Math.max(1, Math.round(1 / pace));
    default:
      return pace;
  }
}

function typed(
  runtime: Runtime,
  { elementType }: RecipeInput,
  values: readonly number[],
  dims: readonly number[],
): Ort.Tensor {
  if (elementType === ELEMENT.int64) return runtime.int64(values, dims);
  if (elementType === ELEMENT.int32) return runtime.int32(values, dims);
  return runtime.floats(Float32Array.from(values), dims);
}

/** The same sentence hisses in the same way, in every process. */
function noiseOffset(ids: readonly number[], seed: number): number {
  let hash = (0x811c_9dc5 ^ seed) >>> 0;
  for (const id of ids) hash = Math.imul(hash ^ id, 0x0100_0193) >>> 0;
  return hash % NOISE_PERIOD;
}
