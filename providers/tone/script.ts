import type { ToneOptions } from './options.js';

/** What happens next in one speech; `from` and `count` are samples. */
export type Step =
  | { readonly type: 'audio'; readonly from: number; readonly count: number }
  | { readonly type: 'stall' | 'fail'; readonly from: number };

const FLOOD = 100;
const TRUNCATED = 0.1;

/** The parts of a speech of so many samples, those before `start` left out, faults included, in order. */
export function* scriptOf(
  options: ToneOptions,
  samples: number,
  sampleRateHz: number,
  start = 0,
): Generator<Step, void, undefined> {
  const toSamples = (ms: number): number => Math.round((ms * sampleRateHz) / 1000);
  const { fail_after_ms: failMs = Infinity, stall_after_ms: stallMs = Infinity } = options;
  const all = options.truncate ? Math.ceil(samples * TRUNCATED) : samples * (options.flood ? FLOOD : 1);
  const stop = Math.min(all, toSamples(failMs), toSamples(stallMs));
  const chunk = toSamples(options.chunk_ms);
  for (let from = start; from < stop; from += chunk) yield { type: 'audio', from, count: Math.min(chunk, stop - from) };
  if (stop === toSamples(failMs)) yield { type: 'fail', from: stop };
  else if (stop === toSamples(stallMs)) yield { type: 'stall', from: stop };
}
