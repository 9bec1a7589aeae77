import { describe, expect, it } from 'vitest';
import type { AudioEncoding, AudioFormat } from '../core/audio-format.js';
import type { HostFactory } from '../core/host.js';
import type { SpeechPart } from '../core/speech-part.js';
import { encodeWithFfmpeg } from '../../test/support/ffmpeg.js';
import {
  audioOf,
  audioPart,
  collect,
  completePart,
  startPart,
  streamOf,
  testCall,
} from '../../test/support/speech-parts.js';
import { bytesOf, glide, interleaved, samplesOf } from '../../test/support/test-sound.js';
import { wavHeader } from './containers/wav-header.js';
import { createTranscoder, type TranscodeTarget } from './transcoder.js';

/** What is tested here must not need a host at all. */
const noHosts: HostFactory = {
  pool: () => ({
    open: () => {
      throw new Error('a host was asked');
    },
    ready: () => Promise.resolve(),
    stats: () => ({ hosts: 0, ready: 0, active: 0, queued: 0, restarts: 0 }),
    close: () => Promise.resolve(),
  }),
};
const transcoder = createTranscoder({ hosts: noHosts, engine: 'permissive' });
const SOUND = glide(24_000, 500);

function run(format: AudioFormat, chunks: readonly Buffer[], target: TranscodeTarget): Promise<SpeechPart[]> {
  const { encoding, sampleRateHz, channels } = format;
  const start = startPart({ format: encoding, sampleRateHz, channels });
  const source = streamOf([start, ...chunks.map((data, i) => audioPart(i + 5, data)), completePart({ audioMs: 0 })]);
  return collect(transcoder.transcode(target)(source, testCall()));
}

const mono = (encoding: AudioEncoding): AudioFormat => ({ encoding, sampleRateHz: 24_000, channels: 1 });
const ARGS: Record<AudioEncoding, readonly string[]> = {
  pcm16: ['-f', 's16le'],
  wav: ['-f', 'wav'],
  mp3: ['-c:a', 'libmp3lame', '-f', 'mp3'],
  opus: ['-c:a', 'libopus', '-f', 'ogg'],
  flac: ['-f', 'flac'],
  aac: ['-c:a', 'aac', '-f', 'adts'],
  mulaw: ['-f', 'mulaw'],
  alaw: ['-f', 'alaw'],
};

describe('what fits already', () => {
  it.each(['pcm16', 'mp3', 'opus', 'aac', 'mulaw', 'alaw'] as const)(
    '%s is passed on, chunk by chunk, uncopied',
    async (encoding) => {
      const bytes = encodeWithFfmpeg(bytesOf(SOUND), 24_000, ARGS[encoding]);
      const chunks = [bytes.subarray(0, 301), bytes.subarray(301, 302), bytes.subarray(302)];
      const parts = await run(mono(encoding), chunks, { encoding });
      const audio = parts.filter((part) => part.type === 'audio');
      expect(audio.map(({ seq }) => seq)).toEqual([0, 1, 2]);
      audio.forEach(({ data }, i) => expect(data).toBe(chunks[i]));
      const complete = parts.at(-1);
      expect(complete).toMatchObject({ type: 'complete', bytes: bytes.length, lastSeq: 2 });
      expect(complete?.type === 'complete' && complete.audioMs).toBeGreaterThanOrEqual(500);
      expect(complete?.type === 'complete' && complete.audioMs).toBeLessThan(620);
    },
  );

  it('stereo stays stereo when it is passed on', async () => {
    const [start] = await run({ ...mono('pcm16'), channels: 2 }, [Buffer.alloc(960)], { encoding: 'pcm16' });
    expect(start).toMatchObject({ channels: 2 });
  });
});

describe('PCM and WAV in this process', () => {
  it('a sample is never split between two parts', async () => {
    const bytes = bytesOf(SOUND);
    const chunks = [bytes.subarray(0, 3), bytes.subarray(3, 4), bytes.subarray(4, 9), bytes.subarray(9)];
    const parts = await run(mono('pcm16'), chunks, { encoding: 'wav' });
    const sizes = parts.flatMap((part) => (part.type === 'audio' ? [part.data.length] : []));
    expect(sizes.every((size) => size % 2 === 0)).toBe(true);
    expect(samplesOf(audioOf(parts).subarray(44))).toEqual(SOUND);
  });

  it('WAV of stereo floats and a lying rate becomes the PCM that was announced', async () => {
    const stereo = bytesOf(interleaved(glide(48_000, 500), glide(48_000, 500)));
    const bytes = encodeWithFfmpeg(stereo, 48_000, ['-c:a', 'pcm_f32le', '-f', 'wav'], { channels: 2 });
    const parts = await run(mono('wav'), [bytes], { encoding: 'pcm16' });
    expect(parts[0]).toMatchObject({ format: 'pcm16', sampleRateHz: 24_000, channels: 1 });
    expect(samplesOf(audioOf(parts))).toHaveLength(SOUND.length);
  });

  it('WAV gets a header of its own: one for all its clips', async () => {
    const one = Buffer.concat([wavHeader(mono('wav'), SOUND.byteLength), bytesOf(SOUND)]);
    const parts = await run(mono('wav'), [one], { encoding: 'wav', lengthMs: 500 });
    expect(audioOf(parts).equals(one)).toBe(true);
    const unknown = audioOf(await run(mono('wav'), [one], { encoding: 'wav' }));
    expect(unknown.readUInt32LE(40)).toBe(0xffffffff);
  });
});

describe('what cannot be', () => {
  it('is refused before any audio', async () => {
    await expect(run(mono('pcm16'), [], { encoding: 'aac' })).rejects.toMatchObject({
      code: 'unsupported',
      param: 'target_format',
    });
    await expect(run(mono('aac'), [], { encoding: 'mp3' })).rejects.toMatchObject({ code: 'unsupported' });
    await expect(run(mono('pcm16'), [], { encoding: 'opus', sampleRateHz: 44_100 })).rejects.toMatchObject({
      code: 'unsupported',
      param: 'sample_rate_hz',
    });
  });

  it('a source that gives nothing is incomplete', async () => {
    await expect(collect(transcoder.transcode({ encoding: 'wav' })(streamOf([]), testCall()))).rejects.toMatchObject({
      code: 'incomplete',
    });
  });
});
