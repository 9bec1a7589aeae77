import { describe, expect, it } from 'vitest';
import { restartDelayMs } from './restart-backoff.js';

describe('restartDelayMs', () => {
  it('is none at first, then doubles up to its cap', () => {
    const delays = [0, 1, 2, 3, 8, 1000].map((failures) => restartDelayMs(failures, () => 0));
    expect(delays).toEqual([0, 100, 200, 400, 10_000, 10_000]);
  });

  it('takes off up to half at random', () => {
    expect(restartDelayMs(3, () => 1)).toBe(200);
  });
});
