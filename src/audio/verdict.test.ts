import { describe, expect, it } from 'vitest';
import type { AudioEncoding } from '../core/audio-format.js';
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
import { bytesOf, glide, silence } from '../../test/support/test-sound.js';
import type { SpokenText } from './plausible-length.js';
import { judge } from './verdict.js';

const HELLO: SpokenText = { text: 'Hello there, how are you today?', speed: 1 };
const RATE_HZ = 24_000;

function clip(encoding: AudioEncoding, bytes: Buffer, audioMs = 0): SpeechPart[] {
  const chunks = Array.from({ length: Math.ceil(bytes.length / 999) }, (_, i) =>
    audioPart(i, bytes.subarray(i * 999, (i + 1) * 999)),
  );
  return [startPart({ format: encoding, sampleRateHz: RATE_HZ }), ...chunks, completePart({ audioMs })];
}

const pcm = (samples: Int16Array): SpeechPart[] => clip('pcm16', bytesOf(samples));
const judged = (parts: readonly SpeechPart[], spoken = HELLO): Promise<SpeechPart[]> =>
  collect(judge(spoken)(streamOf(parts), testCall()));
const refused = expect.objectContaining({ code: 'incomplete', retryable: true });

describe('judge', () => {
  it('lets a good clip pass untouched', async () => {
    const parts = pcm(glide(RATE_HZ, 1500));
    const passed = await judged(parts);
    expect(passed.slice(0, -1)).toEqual(parts.slice(0, -1));
    expect(passed.at(-1)).toMatchObject({ type: 'complete', audioMs: 1500 });
  });

  it('hands on each part before it asks for the next', async () => {
    let pulled = 0;
    const source = streamOf(pcm(glide(RATE_HZ, 1500)));
    const counted = (async function* (): AsyncGenerator<SpeechPart> {
      for await (const part of source) {
        pulled += 1;
        yield part;
      }
    })();
    let seen = 0;
    for await (const part of judge(HELLO)(counted, testCall())) {
      seen += 1;
      if (part.type === 'audio') expect(pulled).toBe(seen);
    }
  });

  it.each([
    ['the end mark is missing', pcm(glide(RATE_HZ, 1500)).slice(0, -1)],
    ['there is no audio', pcm(new Int16Array(0))],
    ['it is silence', pcm(silence(RATE_HZ, 1500))],
    ['it is nearly silence', pcm(glide(RATE_HZ, 1500).map((sample) => sample / 600))],
    ['it is too short for the text', pcm(glide(RATE_HZ, 200))],
    ['it is absurdly long', pcm(glide(RATE_HZ, 90_000))],
    ['mp3 is text', clip('mp3', Buffer.from('<html>'.repeat(200)))],
    ['wav is text', clip('wav', Buffer.from('<html>'.repeat(200)))],
  ])('refuses a clip when %s', async (_name, parts) => {
    await expect(judged(parts)).rejects.toEqual(refused);
  });

  it('asks nothing of text without anything to say', async () => {
    for (const text of ['...', ' \n', '<break time="1s"/>']) {
      const spoken: SpokenText = { text, markup: 'ssml', speed: 1 };
      await expect(judged(pcm(silence(RATE_HZ, 40)), spoken)).resolves.toHaveLength(4);
      await expect(judged(pcm(new Int16Array(0)), spoken)).resolves.toHaveLength(2);
    }
  });

  it('knows that fast speech is short and that Chinese is dense', async () => {
    const fast: SpokenText = { ...HELLO, speed: 4 };
    await expect(judged(pcm(glide(RATE_HZ, 200)), fast)).resolves.toBeDefined();
    const chinese: SpokenText = { text: '今天天气很好我们去公园吧', speed: 1 };
    await expect(judged(pcm(glide(RATE_HZ, 1500)), chinese)).resolves.toBeDefined();
    await expect(judged(pcm(glide(RATE_HZ, 300)), chinese)).rejects.toEqual(refused);
  });

  it('does not count markup as text', async () => {
    const text = `<speak><prosody rate="fast">${'<mark name="m"/>'.repeat(40)}Hi</prosody></speak>`;
    await expect(judged(pcm(glide(RATE_HZ, 300)), { text, markup: 'ssml', speed: 1 })).resolves.toBeDefined();
  });

  it.each([
    ['mp3', ['-c:a', 'libmp3lame', '-f', 'mp3'], 1548],
    ['opus', ['-c:a', 'libopus', '-f', 'ogg'], 1500],
    ['aac', ['-c:a', 'aac', '-f', 'adts'], 1579],
    ['flac', ['-f', 'flac'], 1500],
  ] as const)('measures %s by its frames, and notices a cut', async (encoding, args, audioMs) => {
    const bytes = encodeWithFfmpeg(bytesOf(glide(RATE_HZ, 1500)), RATE_HZ, args);
    const complete = (await judged(clip(encoding, bytes))).at(-1);
    expect(complete?.type === 'complete' && Math.abs(complete.audioMs - audioMs)).toBeLessThanOrEqual(25);
    await expect(judged(clip(encoding, bytes.subarray(0, bytes.length >> 1)))).rejects.toEqual(refused);
  });

  it('keeps a length that the source knew', async () => {
    expect((await judged(clip('pcm16', bytesOf(glide(RATE_HZ, 1500)), 1499))).at(-1)).toMatchObject({ audioMs: 1499 });
  });

  it('passes the bytes of compressed sound through', async () => {
    const bytes = encodeWithFfmpeg(bytesOf(glide(RATE_HZ, 1500)), RATE_HZ, ['-c:a', 'libmp3lame', '-f', 'mp3']);
    expect(audioOf(await judged(clip('mp3', bytes))).equals(bytes)).toBe(true);
  });
});
