import { describe, expect, it } from 'vitest';
import { ALAW, MULAW, type G711Law } from './g711.js';
import { decodeWithFfmpeg } from '../../test/support/ffmpeg.js';
import { samplesOf } from '../../test/support/test-sound.js';

const CODES = Uint8Array.from({ length: 256 }, (_, code) => code);
const ALL_SAMPLES = Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768);

const code = (law: G711Law, sample: number): number | undefined => law.encode(Int16Array.of(sample))[0];

describe.each([
  ['mulaw', MULAW],
  ['alaw', ALAW],
] as const)('G.711 %s', (name, law) => {
  it('decodes every code to the value of the tables', () => {
    const theirs = samplesOf(decodeWithFfmpeg(Buffer.from(CODES), name, { sampleRateHz: 8000 }, 8000));
    expect([...law.decode(CODES)]).toEqual([...theirs]);
  });

  it('encodes each decoded value to its code again', () => {
    const decoded = law.decode(CODES);
    const again = law.decode(law.encode(decoded));
    expect([...again]).toEqual([...decoded]);
  });

  it('is monotonic and never further off than half a step', () => {
    const decoded = law.decode(law.encode(ALL_SAMPLES));
    for (let i = 1; i < ALL_SAMPLES.length; i++) {
      const sample = ALL_SAMPLES[i] ?? 0;
      const value = decoded[i] ?? 0;
      expect(value).toBeGreaterThanOrEqual(decoded[i - 1] ?? 0);
      const halfStep = Math.max(16, Math.abs(sample) / 16 / 2 + 16);
      // The loudest samples have no code of their own.
      if (Math.abs(sample) < 32_000) expect(Math.abs(value - sample)).toBeLessThanOrEqual(halfStep);
    }
  });
});

it('encodes the vectors everybody knows', () => {
  expect([0, -32_768, 32_767, 1000, -1000].map((sample) => code(MULAW, sample))).toEqual([
    0xff, 0x00, 0x80, 0xce, 0x4e,
  ]);
  expect([0, -1, -32_768, 32_767, 1000].map((sample) => code(ALAW, sample))).toEqual([0xd5, 0x55, 0x2a, 0xaa, 0xfa]);
});
