import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeWithFfmpeg, encodeWithFfmpeg } from '../../test/support/ffmpeg.js';
import { BROKEN, decodeTone } from './tone-codec.js';
import { ToneSynth } from './tone-synth.js';

const ASCII = String.fromCharCode(...Array.from({ length: 95 }, (_, index) => index + 32));
const TEXTS = [ASCII, 'Ünïcødé, Ελληνικά, Русский, 你好。😀🎉 नमस्ते \t\n ١٢٣', 'aaaa    bbbb'];
const RATES = [8000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000];

function render(text: string, sampleRateHz: number, characterMs = 60, gain = 1): Buffer {
  const synth = new ToneSynth(text, { sampleRateHz, characterMs, gain });
  return Buffer.from(synth.render(0, synth.samples).buffer);
}

describe('decodeTone', () => {
  it.each(RATES)('reads every text at %i Hz, from four times as fast to four times as slow', (rate) => {
    for (const text of TEXTS) {
      for (const characterMs of [15, 30, 60, 240]) expect(decodeTone(render(text, rate, characterMs), rate)).toBe(text);
    }
  });

  it('reads any UTF-16 units', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 2, maxLength: 30 }), (units) => {
        const text = String.fromCharCode(...units);
        expect(decodeTone(render(text, 16_000), 16_000)).toBe(text);
      }),
      { numRuns: 100 },
    );
  });

  it('reads it soft and loud', () => {
    for (const gain of [0.02, 0.5, 1.5]) expect(decodeTone(render(ASCII, 8000, 60, gain), 8000)).toBe(ASCII);
  });

  it.each([
    ['mulaw', 8000, ['-f', 'mulaw']],
    ['alaw', 8000, ['-f', 'alaw']],
    ['mp3', 24_000, ['-c:a', 'libmp3lame', '-b:a', '48k', '-f', 'mp3']],
    ['opus', 24_000, ['-c:a', 'libopus', '-b:a', '32k', '-f', 'ogg']],
    ['aac', 24_000, ['-c:a', 'aac', '-b:a', '64k', '-f', 'adts']],
  ] as const)('reads it after %s', (encoding, rate, args) => {
    for (const text of TEXTS) {
      const coded = encodeWithFfmpeg(render(text, rate), rate, args);
      expect(decodeTone(decodeWithFfmpeg(coded, encoding, { sampleRateHz: rate }, 16_000), 16_000)).toBe(text);
    }
  });

  it('marks a character that was cut, at the end and in the middle', () => {
    const pcm = render('abcdefgh', 24_000);
    const slot = 1440 * 2;
    expect(decodeTone(pcm.subarray(0, slot * 3 + 700), 24_000)).toBe(`abc${BROKEN}`);
    const cut = Buffer.concat([pcm.subarray(0, slot * 3 + 1000), pcm.subarray(slot * 5)]);
    expect(decodeTone(cut, 24_000)).toBe(`abc${BROKEN}gh`);
    const joined = Buffer.concat([pcm.subarray(0, slot * 3 + 1000), pcm.subarray(slot * 5 + 1000)]);
    expect(decodeTone(joined, 24_000)).toContain(BROKEN);
  });

  it('reads the pause between two utterances as a space', () => {
    expect(decodeTone(Buffer.concat([render('One.', 8000), render('Two.', 8000)]), 8000)).toBe('One. Two.');
  });

  it('reads nothing in silence and no text in noise', () => {
    expect(decodeTone(Buffer.alloc(48_000), 24_000)).toBe('');
    expect(decodeTone(Buffer.alloc(0), 24_000)).toBe('');
    const noise = Buffer.from(Int16Array.from({ length: 24_000 }, (_, at) => ((at * 7919) % 20_011) - 10_000).buffer);
    expect(decodeTone(noise, 24_000).replaceAll(BROKEN, '')).toBe('');
  });
});

describe('ToneSynth', () => {
  it('makes the same samples however they are asked for', () => {
    const synth = new ToneSynth('Hello', { sampleRateHz: 22_050, characterMs: 60, gain: 1 });
    const whole = synth.render(0, synth.samples);
    const pieces: number[] = [];
    for (let from = 0; from < synth.samples; from += 777) {
      pieces.push(...synth.render(from, Math.min(777, synth.samples - from)));
    }
    expect(pieces.every((sample, at) => Math.abs(sample - (whole[at] ?? 0)) <= 1)).toBe(true);
    expect(pieces).toHaveLength(whole.length);
  });

  it('never clips', () => {
    const synth = new ToneSynth('\u0000\uffff0', { sampleRateHz: 48_000, characterMs: 100, gain: 1.5 });
    const most = Math.max(...synth.render(0, synth.samples).map(Math.abs));
    expect(most).toBeLessThan(32_767);
    expect(most).toBeGreaterThan(20_000);
  });
});
