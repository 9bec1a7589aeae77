import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeWithFfmpeg, encodeWithFfmpeg } from '../../../test/support/ffmpeg.js';
import { bytesOf, glide, samplesOf } from '../../../test/support/test-sound.js';
import { FlacDecoder } from './flac-decoder.js';
import { FlacEncoder } from './flac-encoder.js';

function encode(samples: Int16Array, sampleRateHz = 24_000): Buffer {
  const encoder = new FlacEncoder(sampleRateHz);
  return Buffer.concat([encoder.encode(samples), encoder.finish()]);
}

function decode(bytes: Buffer): number[] {
  const out: number[] = [];
  const decoder = new FlacDecoder((samples) => out.push(...samples));
  decoder.push(bytes);
  decoder.end();
  return out;
}

/** Sound of every kind a block may be made of: still, smooth, loud and without any pattern. */
const sound = fc
  .array(
    fc.oneof(
      fc.record({ kind: fc.constant('still'), level: fc.integer({ min: -32_768, max: 32_767 }), length: fc.nat(1500) }),
      fc.record({ kind: fc.constant('noise'), level: fc.integer({ min: 1, max: 65_535 }), length: fc.nat(1500) }),
      fc.record({ kind: fc.constant('glide'), level: fc.constant(0), length: fc.nat(1500) }),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((pieces) =>
    Int16Array.from(
      pieces.flatMap(({ kind, level, length }) => {
        if (kind === 'glide') return [...glide(24_000, 80).subarray(0, length)];
        return Array.from({ length }, (_, i) =>
          kind === 'still' ? level : ((Math.imul(i + 1, 2_654_435_761) >>> 16) % level) - (level >> 1),
        );
      }),
    ),
  )
  .filter((samples) => samples.length > 0);

describe('FLAC', () => {
  it('is lossless through its own decoder', () => {
    fc.assert(
      fc.property(sound, (samples) => {
        expect(decode(encode(samples))).toEqual([...samples]);
      }),
      { numRuns: 60 },
    );
  });

  it('is lossless through ffmpeg, at extremes too', () => {
    const extremes = Int16Array.from({ length: 5000 }, (_, i) => (i % 2 === 0 ? 32_767 : -32_768));
    for (const samples of [extremes, glide(24_000, 1000), new Int16Array(3000)]) {
      expect(samplesOf(decodeWithFfmpeg(encode(samples), 'flac', { sampleRateHz: 24_000 }, 24_000))).toEqual(samples);
    }
  });

  it('compresses', () => {
    const samples = glide(24_000, 1000);
    expect(encode(samples).length).toBeLessThan(samples.byteLength * 0.6);
  });

  it.each(['0', '5', '12'])('reads what ffmpeg writes at level %s, bit for bit', (level) => {
    const samples = glide(44_100, 900);
    const bytes = encodeWithFfmpeg(bytesOf(samples), 44_100, ['-compression_level', level, '-f', 'flac']);
    expect(decode(bytes)).toEqual([...samples]);
  });

  it('notices a damaged frame', () => {
    const bytes = encode(glide(24_000, 500));
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0x10;
    expect(() => decode(bytes)).toThrowError(expect.objectContaining({ code: 'incomplete' }));
  });

  it('an empty speech is a header and nothing else', () => {
    expect(encode(new Int16Array(0)).toString('latin1', 0, 4)).toBe('fLaC');
  });
});
