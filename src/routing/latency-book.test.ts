import { expect, it } from 'vitest';
import { LatencyBook } from './latency-book.js';

it('tells the median and the 95th percentile of the last 64 calls', () => {
  const book = new LatencyBook();
  for (let ms = 1; ms <= 4; ms += 1) book.record('a/v', ms);
  expect(book.of('a/v')).toBeUndefined();
  for (let ms = 5; ms <= 100; ms += 1) book.record('a/v', ms);
  expect(book.of('a/v')).toEqual({ p50Ms: 68, p95Ms: 97 });
  for (let call = 0; call < 64; call += 1) book.record('a/v', 7);
  expect(book.of('a/v')).toEqual({ p50Ms: 7, p95Ms: 7 });
});

it('forgets the target that was least recently measured', () => {
  const book = new LatencyBook({ maxTargets: 2, minSamples: 1 });
  for (const target of ['a', 'b', 'a', 'c']) book.record(target, 1);
  expect(['a', 'b', 'c'].map((target) => book.of(target) !== undefined)).toEqual([true, false, true]);
});
