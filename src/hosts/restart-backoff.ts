const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 10_000;

/**
 * How long to wait before a host is started again after `failures` deaths in a row: at once the first time, then from
 * 100 ms doubling to 10 s, each with up to half of it taken off at random so that hosts do not return in step.
 */
export function restartDelayMs(failures: number, random: () => number = Math.random): number {
  if (failures <= 0) return 0;
  const fullMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures - 1, 20));
  return fullMs * (1 - random() / 2);
}
