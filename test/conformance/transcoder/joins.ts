import { describe, expect, it } from 'vitest';
import type { AudioEncoding, AudioFormat } from '../../../src/core/audio-format.js';
import type { SegmentPart, SpeechPart, TimingPart } from '../../../src/core/speech-part.js';
import { completePart, streamOf } from '../../support/speech-parts.js';
import { encodeWithFfmpeg } from '../../support/ffmpeg.js';
import { bytesOf, glide, likeness, samplesOf } from '../../support/test-sound.js';
import { chunks, clip, hear, opening, type Stage } from './stage.js';

const PCM = { encoding: 'pcm16', sampleRateHz: 24_000, channels: 1 } as const;
/** None a multiple of any codec's frame. */
const SEGMENTS_MS = [333, 517, 450];
const TOTAL_MS = 1300;

const segment = (index: number): SegmentPart => ({
  type: 'segment',
  index,
  textStart: index * 10,
  textEnd: index * 10 + 9,
  audioStartMs: 0,
});

const word = (value: string): TimingPart => ({
  type: 'timing',
  kind: 'word',
  value,
  startMs: 0,
  endMs: 10,
  textStart: 0,
  textEnd: 1,
  source: 'native',
});

/** One speech of three segments, each piece of sound as `encode` makes it. */
function segmented(format: AudioFormat, chunkBytes: number, encode: (pcm: Buffer) => Buffer): SpeechPart[] {
  let fromMs = 0;
  const parts: SpeechPart[] = SEGMENTS_MS.flatMap((lengthMs, index) => {
    const bytes = encode(bytesOf(glide(PCM.sampleRateHz, lengthMs, fromMs)));
    fromMs += lengthMs;
    return [segment(index), word(`w${index}`), ...chunks(bytes, chunkBytes, index)];
  });
  return [opening(format), ...parts, completePart()];
}

/** Whole clips as providers send them for each segment. */
const CLIPS: readonly { encoding: AudioEncoding; args: readonly string[] }[] = [
  { encoding: 'wav', args: ['-f', 'wav'] },
  { encoding: 'flac', args: ['-f', 'flac'] },
  { encoding: 'opus', args: ['-c:a', 'libopus', '-f', 'ogg'] },
  { encoding: 'mp3', args: ['-c:a', 'libmp3lame', '-f', 'mp3'] },
];

/** One encoder for the whole speech: the segments of a speech cannot be told from one piece. */
export function joinStories(stage: () => Stage, encodings: readonly AudioEncoding[]): void {
  describe('joins', () => {
    it.each(encodings)('segments in %s are the bytes of one piece', async (encoding) => {
      const whole = await hear(stage(), clip(PCM, bytesOf(glide(24_000, TOTAL_MS)), 4800), { encoding });
      const joined = await hear(stage(), streamOf(segmented(PCM, 1001, (pcm) => pcm)), { encoding });
      expect(joined.bytes.equals(whole.bytes)).toBe(true);
    });

    it.each(CLIPS)('whole clips in $encoding become one without gap', async ({ encoding, args }) => {
      const parts = segmented({ ...PCM, encoding }, 700, (pcm) =>
        encodeWithFfmpeg(pcm, 24_000, args, { seekable: true }),
      );
      const target = { encoding: 'pcm16', sampleRateHz: 24_000, joined: true } as const;
      const heard = samplesOf((await hear(stage(), streamOf(parts), target)).bytes);
      const wanted = glide(24_000, TOTAL_MS);
      expect(Math.abs(heard.length - wanted.length)).toBeLessThanOrEqual(encoding === 'opus' ? 3 : 0);
      expect(likeness(heard, wanted, 4).correlation).toBeGreaterThan(0.96);
    });

    it('keeps parts in order, numbers audio without gap and names its segment', async () => {
      const source = streamOf(segmented(PCM, 1001, (pcm) => pcm));
      const { parts, complete } = await hear(stage(), source, { encoding: 'mp3' });
      expect(parts.filter(({ type }) => type === 'segment' || type === 'timing')).toEqual(
        [0, 1, 2].flatMap((index) => [segment(index), word(`w${index}`)]),
      );
      const audio = parts.filter((part) => part.type === 'audio');
      expect(audio.map(({ seq }) => seq)).toEqual(audio.map((_, index) => index));
      expect(complete.lastSeq).toBe(audio.length - 1);
      let announced = -1;
      for (const part of parts) {
        if (part.type === 'segment') announced = part.index;
        if (part.type === 'audio') expect(part.segment).toBeLessThanOrEqual(announced);
      }
      expect(new Set(audio.map((part) => part.segment))).toEqual(new Set([0, 1, 2]));
    });
  });
}
