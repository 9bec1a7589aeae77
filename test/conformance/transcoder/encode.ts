import { describe, expect, it } from 'vitest';
import type { AudioEncoding } from '../../../src/core/audio-format.js';
import { decodeWithFfmpeg, probe } from '../../support/ffmpeg.js';
import { bytesOf, glide, likeness, rmsDb, samplesOf, tone } from '../../support/test-sound.js';
import { clip, hear, type Stage } from './stage.js';

const SOURCE_HZ = 22_050;
const LENGTH_MS = 1500;
const SOURCE = { encoding: 'pcm16', sampleRateHz: SOURCE_HZ, channels: 1 } as const;

interface Expected {
  readonly codec: string;
  readonly rates: readonly (number | undefined)[];
  /** Samples of one frame at `rateHz`: what may be added at the end. */
  readonly frame: (rateHz: number) => number;
  /** Samples in front that the container cannot tell of. */
  readonly delay: number;
  readonly correlation: number;
}

const ALL_RATES = [undefined, 8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];
const mp3Frame = (rateHz: number): number => (rateHz >= 32_000 ? 1152 : 576);

const EXPECTED: Record<AudioEncoding, Expected> = {
  pcm16: { codec: '', rates: ALL_RATES, frame: () => 1, delay: 0, correlation: 0.999 },
  wav: { codec: 'pcm_s16le', rates: ALL_RATES, frame: () => 1, delay: 0, correlation: 0.999 },
  flac: { codec: 'flac', rates: ALL_RATES, frame: () => 1, delay: 0, correlation: 0.999 },
  mulaw: { codec: '', rates: [undefined, 16_000], frame: () => 1, delay: 0, correlation: 0.99 },
  alaw: { codec: '', rates: [undefined, 16_000], frame: () => 1, delay: 0, correlation: 0.99 },
  mp3: { codec: 'mp3', rates: ALL_RATES, frame: mp3Frame, delay: 0, correlation: 0.97 },
  opus: {
    codec: 'opus',
    rates: [undefined, 8000, 12_000, 16_000, 24_000, 48_000],
    frame: () => 1,
    delay: 0,
    correlation: 0.95,
  },
  // ADTS cannot say that its first frame is the encoder's own.
  aac: { codec: 'aac', rates: ALL_RATES, frame: () => 1024, delay: 1024, correlation: 0.97 },
};

/** Every format and rate, judged by ffprobe and decoded back by ffmpeg. */
export function encodeStories(stage: () => Stage, encodings: readonly AudioEncoding[]): void {
  describe.each(encodings)('to %s', (encoding) => {
    const expected = EXPECTED[encoding];
    it.each(expected.rates)('at %s Hz it is the sound that went in', async (asked) => {
      await roundTrip(stage(), encoding, asked, expected);
    });
  });
  it('resamples without aliases and without losing the pass band', async () => {
    await toneSweep(stage());
  });
}

async function roundTrip(
  stage: Stage,
  encoding: AudioEncoding,
  asked: number | undefined,
  expected: Expected,
): Promise<void> {
  const source = clip(SOURCE, bytesOf(glide(SOURCE_HZ, LENGTH_MS)), 2205);
  const heard = await hear(stage, source, { encoding, ...(asked === undefined ? {} : { sampleRateHz: asked }) });
  const rateHz = heard.start.sampleRateHz;
  expect(heard.start).toMatchObject({ format: encoding, channels: 1, ...(asked ? { sampleRateHz: asked } : {}) });
  expect(heard.complete).toMatchObject({ audioMs: LENGTH_MS, bytes: heard.bytes.length });
  if (expected.codec !== '') {
    const seen = encoding === 'opus' ? 48_000 : rateHz;
    expect(probe(heard.bytes)).toEqual({ codec: expected.codec, sampleRateHz: seen, channels: 1 });
  }
  const decoded = samplesOf(decodeWithFfmpeg(heard.bytes, encoding, { sampleRateHz: rateHz }, rateHz));
  const wanted = glide(rateHz, LENGTH_MS);
  const surplus = decoded.length - expected.delay - wanted.length;
  expect(surplus).toBeGreaterThanOrEqual(-1);
  expect(surplus).toBeLessThanOrEqual(expected.frame(rateHz));
  const { correlation, lag } = likeness(decoded.subarray(expected.delay), wanted, 8);
  expect(correlation).toBeGreaterThan(expected.correlation);
  expect(Math.abs(lag)).toBeLessThanOrEqual(1);
}

/** Pairs as `[from, to]`; tones as parts of the lower Nyquist frequency. */
const PAIRS = [
  [24_000, 8000],
  [48_000, 22_050],
  [22_050, 16_000],
  [16_000, 48_000],
  [44_100, 11_025],
] as const;

async function toneSweep(stage: Stage): Promise<void> {
  for (const [fromHz, toHz] of PAIRS) {
    const nyquist = Math.min(fromHz, toHz) / 2;
    for (const part of [0.05, 0.4, 0.8, 0.85]) {
      expect(Math.abs(await levelChange(stage, fromHz, toHz, part * nyquist))).toBeLessThan(0.6);
    }
    if (toHz > fromHz) continue;
    for (const part of [1.06, 1.2, 1.3, 1.38]) {
      const hz = part * nyquist;
      if (hz < fromHz / 2) expect(await levelChange(stage, fromHz, toHz, hz)).toBeLessThan(-60);
    }
  }
}

/** By how many dB a tone is louder after resampling. The edges, where it is switched on and off, are left out. */
async function levelChange(stage: Stage, fromHz: number, toHz: number, hz: number): Promise<number> {
  const before = tone(fromHz, 500, hz);
  const source = clip({ encoding: 'pcm16', sampleRateHz: fromHz, channels: 1 }, bytesOf(before), 4800);
  const { bytes } = await hear(stage, source, { encoding: 'pcm16', sampleRateHz: toHz });
  const after = samplesOf(bytes);
  const margin = Math.round(after.length / 5);
  return rmsDb(after, margin, after.length - margin) - rmsDb(before);
}
