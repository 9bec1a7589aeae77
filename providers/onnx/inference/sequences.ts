import type { RecipeInput } from './inference-job.js';

const SEQUENCES: ReadonlySet<string> = new Set(['ids', 'lengths', 'mask']);

/** Inputs that depend on the text; speaker, pace and style do not. */
export function sequencesOf(inputs: readonly RecipeInput[]): string[] {
  return inputs.filter(({ role }) => SEQUENCES.has(role)).map(({ name }) => name);
}
