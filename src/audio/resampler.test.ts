import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { glide, rmsDb, tone } from '../../test/support/test-sound.js';
import { SincResampler } from './resampler.js';

function resample(samples: Int16Array, fromHz: number, toHz: number, cuts: readonly number[] = []): Int16Array {
  const stage = new SincResampler(fromHz, toHz);
  const out: number[] = [];
  let from = 0;
  for (const length of [...cuts, samples.length]) {
    out.push(...stage.process(samples.subarray(from, from + length)));
    from += length;
  }
  out.push(...stage.flush());
  return Int16Array.from(out);
}

const rate = fc.constantFrom(8000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000, 96_000, 22_049);

describe('SincResampler', () => {
  it('gives as many samples as time has passed, however the input is cut', () => {
    const cuts = fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 8 });
    fc.assert(
      fc.property(rate, rate, cuts, (fromHz, toHz, sizes) => {
        const samples = glide(fromHz, 60);
        const whole = resample(samples, fromHz, toHz);
        expect(whole.length).toBe(Math.round((samples.length * toHz) / fromHz));
        expect(resample(samples, fromHz, toHz, sizes)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it('passes a constant unchanged', () => {
    const constant = new Int16Array(4800).fill(12_000);
    const out = resample(constant, 48_000, 22_050);
    expect(Math.max(...out.subarray(200, -200).map((value) => Math.abs(value - 12_000)))).toBeLessThanOrEqual(1);
  });

  it('keeps aliases 60 dB down for rates without a small common ratio too', () => {
    const out = resample(tone(22_049, 500, 9000), 22_049, 16_000);
    expect(rmsDb(out, 1000, out.length - 1000)).toBeLessThan(-9 - 60);
  });

  it('clips instead of wrapping round', () => {
    const square = Int16Array.from({ length: 2400 }, (_, i) => (i % 100 < 50 ? 32_767 : -32_768));
    const out = resample(square, 24_000, 48_000);
    for (let i = 400; i < out.length - 400; i++) {
      expect(Math.abs((out[i] ?? 0) - (out[i - 1] ?? 0))).toBeLessThan(40_000);
    }
  });
});
