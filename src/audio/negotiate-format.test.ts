import { describe, expect, it } from 'vitest';
import { AUDIO_ENCODINGS, SAMPLE_RATES_HZ } from '../core/audio-format.js';
import { negotiateFormat } from './negotiate-format.js';

const rateOf = (...args: Parameters<typeof negotiateFormat>): number => negotiateFormat(...args).format.sampleRateHz;

describe('negotiateFormat', () => {
  it('takes the rate that was asked for, in mono', () => {
    for (const rateHz of SAMPLE_RATES_HZ) {
      for (const encoding of AUDIO_ENCODINGS.filter((name) => name !== 'opus')) {
        expect(negotiateFormat(encoding, rateHz, 22_050).format).toEqual({
          encoding,
          sampleRateHz: rateHz,
          channels: 1,
        });
      }
    }
  });

  it('keeps the rate of the source where no one asked', () => {
    expect(rateOf('pcm16', undefined, 22_050)).toBe(22_050);
    expect(rateOf('wav', undefined, 24_000)).toBe(24_000);
    expect(rateOf('mp3', undefined, 22_050)).toBe(22_050);
  });

  it('speaks G.711 at 8 kHz', () => {
    expect(rateOf('mulaw', undefined, 24_000)).toBe(8000);
    expect(rateOf('alaw', undefined, 24_000)).toBe(8000);
  });

  it.each([
    ['opus', 22_050, 24_000],
    ['opus', 11_025, 12_000],
    ['opus', 44_100, 48_000],
    ['opus', 96_000, 48_000],
    ['mp3', 20_000, 22_050],
    ['aac', 96_000, 48_000],
    ['pcm16', 96_000, 48_000],
  ] as const)('%s of a source at %i Hz gets %i Hz, which loses nothing it can keep', (encoding, sourceHz, rateHz) => {
    expect(rateOf(encoding, undefined, sourceHz)).toBe(rateHz);
  });

  it('refuses pairs that do not exist by name', () => {
    expect(() => negotiateFormat('opus', 44_100, 44_100)).toThrowError(
      expect.objectContaining({ code: 'unsupported', param: 'sample_rate_hz' }),
    );
    expect(() => negotiateFormat('mp3', 9000, 8000)).toThrowError(expect.objectContaining({ code: 'unsupported' }));
  });
});
