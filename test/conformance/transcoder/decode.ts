import { beforeAll, describe, expect, it } from 'vitest';
import type { AudioEncoding, AudioFormat } from '../../../src/core/audio-format.js';
import { encodeWithFfmpeg } from '../../support/ffmpeg.js';
import { bytesOf, glide, interleaved, likeness, samplesOf, silence } from '../../support/test-sound.js';
import { clip, hear, type Stage } from './stage.js';

const SOURCE_HZ = 24_000;
const LENGTH_MS = 700;
const OUT_HZ = 16_000;

interface Sent {
  readonly name: string;
  readonly format: AudioFormat;
  readonly args: readonly string[];
  readonly seekable?: boolean;
  /** Samples at the source's rate that the encoder adds and the container does not tell of. */
  readonly delay?: number;
  /** Of one frame. */
  readonly frame?: number;
}

const sent = (name: string, encoding: AudioEncoding, args: readonly string[], more: Partial<Sent> = {}): Sent => ({
  name,
  format: { encoding, sampleRateHz: SOURCE_HZ, channels: 1 },
  args,
  ...more,
});

/** What providers send, as ffmpeg makes it. */
const SOURCES: readonly Sent[] = [
  sent('mp3 with a LAME tag', 'mp3', ['-c:a', 'libmp3lame', '-f', 'mp3'], { seekable: true }),
  sent('streamed mp3', 'mp3', ['-c:a', 'libmp3lame', '-f', 'mp3'], {
    delay: 1105,
    frame: 1152,
  }),
  sent('variable mp3', 'mp3', ['-c:a', 'libmp3lame', '-q:a', '5', '-f', 'mp3'], { seekable: true }),
  sent('Ogg Opus', 'opus', ['-c:a', 'libopus', '-f', 'ogg']),
  sent('Ogg Opus for voice', 'opus', ['-c:a', 'libopus', '-application', 'voip', '-frame_duration', '60', '-f', 'ogg']),
  sent('aac', 'aac', ['-c:a', 'aac', '-f', 'adts'], { delay: 1024, frame: 1024 }),
  sent('flac', 'flac', ['-c:a', 'flac', '-f', 'flac']),
  sent('flac of 24 bits', 'flac', ['-c:a', 'flac', '-sample_fmt', 's32', '-compression_level', '12', '-f', 'flac']),
  sent('streamed wav', 'wav', ['-f', 'wav']),
  sent('stored wav', 'wav', ['-f', 'wav'], { seekable: true }),
  sent('wav of 24 bits', 'wav', ['-c:a', 'pcm_s24le', '-f', 'wav']),
  sent('wav of floats', 'wav', ['-c:a', 'pcm_f32le', '-f', 'wav']),
  sent('wav of µ-law', 'wav', ['-c:a', 'pcm_mulaw', '-f', 'wav']),
  sent('mulaw', 'mulaw', ['-c:a', 'pcm_mulaw', '-f', 'mulaw']),
  sent('alaw', 'alaw', ['-c:a', 'pcm_alaw', '-f', 'alaw']),
  sent('pcm16', 'pcm16', ['-f', 's16le']),
];

/** Everything a provider may send, however the network cuts it. */
export function decodeStories(stage: () => Stage, encodings: readonly AudioEncoding[]): void {
  const sources = SOURCES.filter(({ format }) => encodings.includes(format.encoding));
  describe.each(sources)('from $name', (source) => {
    let bytes: Buffer;
    beforeAll(() => {
      bytes = encodeWithFfmpeg(bytesOf(glide(SOURCE_HZ, LENGTH_MS)), SOURCE_HZ, source.args, source);
    });
    it.each([1, 7, 1000, 1_000_000])('in chunks of %i bytes it is the sound that was meant', async (chunkBytes) => {
      const heard = await hear(stage(), clip(source.format, bytes, chunkBytes), {
        encoding: 'pcm16',
        sampleRateHz: OUT_HZ,
      });
      assertLike(samplesOf(heard.bytes), source);
    });
  });
  it.each(sources.filter(({ format }) => format.encoding !== 'opus'))('mixes stereo $name down', async (source) => {
    const stereo = interleaved(glide(SOURCE_HZ, LENGTH_MS), silence(SOURCE_HZ, LENGTH_MS));
    const bytes = encodeWithFfmpeg(bytesOf(stereo), SOURCE_HZ, source.args, { ...source, channels: 2 });
    const format: AudioFormat = { ...source.format, channels: 2 };
    const heard = await hear(stage(), clip(format, bytes, 997), { encoding: 'pcm16', sampleRateHz: OUT_HZ });
    assertLike(samplesOf(heard.bytes), source);
  });
}

function assertLike(heard: Int16Array, { delay = 0, frame = 1 }: Sent): void {
  const wanted = glide(OUT_HZ, LENGTH_MS);
  const atOutput = (samples: number): number => Math.round((samples * OUT_HZ) / SOURCE_HZ);
  const surplus = heard.length - atOutput(delay) - wanted.length;
  expect(surplus).toBeGreaterThanOrEqual(-2);
  expect(surplus).toBeLessThanOrEqual(atOutput(frame) + 1);
  const { correlation, lag } = likeness(heard.subarray(atOutput(delay)), wanted, 10);
  expect(correlation).toBeGreaterThan(0.95);
  expect(Math.abs(lag)).toBeLessThanOrEqual(2);
}
