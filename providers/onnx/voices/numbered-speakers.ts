import type { OnnxModel } from '../graph/onnx-model.js';
import type { Speaker } from './voice-file.js';

const MOST = 10_000;

/** Speakers that have no names: one, or as many as are said to be there if the graph can be told which. */
export function numberedSpeakers(model: OnnxModel, count: number): Speaker[] {
  const takesSpeaker = model.inputs.some(({ name }) => name === 'sid' || name === 'spks');
  if (!takesSpeaker || count <= 1) return [{ name: '', index: 0 }];
  return Array.from({ length: Math.min(count, MOST) }, (_, index) => ({ name: String(index), index }));
}
