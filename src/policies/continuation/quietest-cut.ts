/**
 * Where to cut between `from` and `to`: the middle of the quietest 5 ms, the latest of equals; positions are samples.
 * With less than 5 ms to choose from, the end.
 */
export function quietestCut(samples: Int16Array, from: number, to: number, sampleRateHz: number): number {
  const window = Math.max(1, Math.round(sampleRateHz / 200));
  const low = Math.max(0, Math.min(from, samples.length));
  const high = Math.max(low, Math.min(to, samples.length));
  if (high - low < window) return high;
  let energy = 0;
  for (let i = low; i < low + window; i += 1) energy += (samples[i] ?? 0) ** 2;
  let best = energy;
  let start = low;
  for (let i = low + 1; i + window <= high; i += 1) {
    energy += (samples[i + window - 1] ?? 0) ** 2 - (samples[i - 1] ?? 0) ** 2;
    if (energy <= best) {
      best = energy;
      start = i;
    }
  }
  // Quiet up to the very end: nothing is gained by cutting sooner.
  return start + window >= high ? high : start + (window >> 1);
}
