import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { AudioEncoding } from '../../../src/core/audio-format.js';
import { SpeechError } from '../../../src/core/speech-error.js';
import type { SpeechPart } from '../../../src/core/speech-part.js';
import { encodeWithFfmpeg } from '../../support/ffmpeg.js';
import { completePart, testCall } from '../../support/speech-parts.js';
import { bytesOf, glide } from '../../support/test-sound.js';
import { chunks, clip, endless, hear, opening, stalling, WatchedSource, type Stage } from './stage.js';

const PCM = { encoding: 'pcm16', sampleRateHz: 24_000, channels: 1 } as const;
const MAX_HELD_BYTES = 256 * 1024;
const SOUND = bytesOf(glide(24_000, 1200));

/** How sound flows: at once, in order, at the reader's pace, and not a moment longer than it is wanted. */
export function flowStories(stage: () => Stage, encodings: readonly AudioEncoding[]): void {
  describe('flow', () => {
    it.each(encodings)('%s leaves while the source is still speaking', async (encoding) => {
      await expectLockstep(stage(), encoding);
    });

    it.each(encodings)('%s is the same bytes however the source is cut', async (encoding) => {
      const [first, ...others] = await Promise.all(
        [480, 999, 14_400, 1_000_000].map((size) => hear(stage(), clip(PCM, SOUND, size), { encoding })),
      );
      for (const other of others) expect(other.bytes.equals(first?.bytes ?? Buffer.alloc(0))).toBe(true);
    });

    it.each(encodings)('%s of many speeches at once is that of each alone', async (encoding) => {
      const one = await hear(stage(), clip(PCM, SOUND, 4800), { encoding, sampleRateHz: 16_000 });
      const many = await Promise.all(
        Array.from({ length: 12 }, () => hear(stage(), clip(PCM, SOUND, 4800), { encoding, sampleRateHz: 16_000 })),
      );
      for (const { bytes } of many) expect(bytes.equals(one.bytes)).toBe(true);
    });

    it.each(encodings)('%s of a speech without sound is complete and short', async (encoding) => {
      for (const from of ['pcm16', 'mp3'] as const) {
        const source = clip({ ...PCM, encoding: from }, Buffer.alloc(0), 100);
        const { complete } = await hear(stage(), source, { encoding, sampleRateHz: 16_000 });
        expect(complete.audioMs).toBe(0);
        expect(complete.bytes).toBeLessThan(2000);
      }
    });

    it('a reader that stops stops the source', async () => {
      await expectBounded(stage(), endless(PCM, SOUND, 2400), 1);
      const mp3 = encodeWithFfmpeg(SOUND, 24_000, ['-c:a', 'libmp3lame', '-b:a', '32k', '-f', 'mp3']);
      const bytesOutPerByte = (48_000 * 2) / (32_000 / 8);
      await expectBounded(stage(), endless({ ...PCM, encoding: 'mp3' }, mp3, 16_000), bytesOutPerByte);
    });

    it('a cancelled call ends at once and closes the source', async () => {
      const client = new AbortController();
      const source = stalling(PCM, chunks(SOUND, 4800));
      const call = testCall({ signal: client.signal });
      const parts = stage().transcoder.transcode({ encoding: 'mp3' })(source, call)[Symbol.asyncIterator]();
      while ((await parts.next()).value?.type !== 'audio');
      const rest = drain(parts);
      const abortedAtMs = performance.now();
      client.abort(new SpeechError('cancelled', 'The client left.'));
      await expect(rest).rejects.toMatchObject({ code: 'cancelled' });
      await source.closed;
      expect(performance.now() - abortedAtMs).toBeLessThan(50);
      await vi.waitFor(() => expect(stage().transcoder.stats().active).toBe(0));
    });

    it('a reader that leaves closes the source and frees the host', async () => {
      const source = endless(PCM, SOUND, 2400);
      for await (const part of stage().transcoder.transcode({ encoding: 'opus' })(source, testCall())) {
        if (part.type === 'audio') break;
      }
      await source.closed;
      await vi.waitFor(() => expect(stage().transcoder.stats().active).toBe(0));
    });
  });
}

/** The source gives the next 100 ms only once sound of the last has come out, so waiting for more would hang. */
async function expectLockstep(stage: Stage, encoding: AudioEncoding): Promise<void> {
  const pieces = chunks(bytesOf(glide(24_000, 2000)), 4800);
  let heard: () => void = () => {};
  let sent = 0;
  let wait: Promise<void> | undefined;
  const script: SpeechPart[] = [opening(PCM), ...pieces, completePart()];
  const source = new WatchedSource(async () => {
    const part = script.shift();
    // Encoders look ahead by up to 100 ms, so the very first answer may need two pieces.
    if (part?.type === 'audio' && ++sent > 2) await wait;
    wait = new Promise((resolve) => (heard = resolve));
    return part;
  });
  let answers = 0;
  for await (const part of stage.transcoder.transcode({ encoding, sampleRateHz: 16_000 })(source, testCall())) {
    if (part.type !== 'audio') continue;
    answers += 1;
    heard();
  }
  expect(answers).toBeGreaterThanOrEqual(pieces.length - 2);
}

async function expectBounded(stage: Stage, source: WatchedSource, growth: number): Promise<void> {
  const target = { encoding: 'pcm16', sampleRateHz: 48_000 } as const;
  const parts = stage.transcoder.transcode(target)(source, testCall())[Symbol.asyncIterator]();
  while ((await parts.next()).value?.type !== 'audio');
  // A source without bounds would give megabytes in this time.
  await pause(400);
  expect(source.pulledBytes * growth).toBeLessThan(MAX_HELD_BYTES);
  const before = source.pulledBytes;
  for (let taken = 0; taken < 40; taken++) await parts.next();
  expect(source.pulledBytes).toBeGreaterThan(before);
  await parts.return?.();
}

async function drain(parts: AsyncIterator<SpeechPart>): Promise<void> {
  while (!(await parts.next()).done);
}
