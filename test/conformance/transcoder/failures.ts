import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AudioEncoding } from '../../../src/core/audio-format.js';
import { SpeechError } from '../../../src/core/speech-error.js';
import type { SpeechStream } from '../../../src/core/speech-part.js';
import { encodeWithFfmpeg } from '../../support/ffmpeg.js';
import { completePart, streamOf, testCall } from '../../support/speech-parts.js';
import { bytesOf, glide, silence } from '../../support/test-sound.js';
import { chunks, clip, hear, opening, stalling, type Stage } from './stage.js';

const PCM = { encoding: 'pcm16', sampleRateHz: 24_000, channels: 1 } as const;
const OUT = { encoding: 'pcm16', sampleRateHz: 16_000 } as const;
const CONTAINERS = [
  { encoding: 'mp3', args: ['-c:a', 'libmp3lame', '-f', 'mp3'] },
  { encoding: 'opus', args: ['-c:a', 'libopus', '-f', 'ogg'] },
  { encoding: 'aac', args: ['-c:a', 'aac', '-f', 'adts'] },
  { encoding: 'flac', args: ['-f', 'flac'] },
] as const;

/** What goes wrong ends in the right error, and hurts no one else. */
export function failureStories(stage: () => Stage, encodings: readonly AudioEncoding[]): void {
  const containers = CONTAINERS.filter(({ encoding }) => encodings.includes(encoding));
  const failure = (source: SpeechStream, target: Parameters<typeof hear>[2] = OUT): Promise<unknown> =>
    hear(stage(), source, target).then(
      () => 'it was heard',
      (error: unknown) => error,
    );

  describe('failures', () => {
    it.each(containers)('$encoding that is noise is incomplete, and the host lives', async ({ encoding }) => {
      const before = stage().transcoder.stats().restarts;
      for (const seed of [1, 2, 3]) {
        const error = await failure(clip({ ...PCM, encoding }, noise(40_000, seed), 1000));
        expect(error).toMatchObject({ code: 'incomplete', retryable: true });
      }
      await hear(stage(), clip(PCM, bytesOf(glide(24_000, 300)), 4800), OUT);
      expect(stage().transcoder.stats().restarts).toBe(before);
    });

    it.each(containers)('$encoding that is cut is incomplete', async ({ encoding, args }) => {
      const whole = encodeWithFfmpeg(bytesOf(glide(24_000, 1500)), 24_000, args);
      const cut = whole.subarray(0, Math.round(whole.length * 0.7) + 1);
      expect(await failure(clip({ ...PCM, encoding }, cut, 500))).toMatchObject({ code: 'incomplete' });
    });

    it.each(containers)(
      '$encoding with a damaged middle fails or is heard, and the host lives',
      async ({ encoding, args }) => {
        const before = stage().transcoder.stats().restarts;
        const whole = encodeWithFfmpeg(bytesOf(glide(24_000, 1500)), 24_000, args);
        noise(300, 9).copy(whole, Math.round(whole.length / 2));
        const outcome = await failure(clip({ ...PCM, encoding }, whole, 500));
        if (outcome !== 'it was heard') expect(outcome).toMatchObject({ code: 'incomplete' });
        expect(stage().transcoder.stats().restarts).toBe(before);
      },
    );

    it('a source without its end mark is incomplete', async () => {
      const parts = [opening(PCM), ...chunks(Buffer.alloc(9600), 4800)];
      for (const encoding of encodings) {
        expect(await failure(streamOf(parts), { encoding })).toMatchObject({ code: 'incomplete' });
      }
    });

    it('the failure of the source comes after the sound it gave', async () => {
      const lost = new SpeechError('upstream_failed', 'The provider hung up.');
      const source = streamOf([opening(PCM), ...chunks(bytesOf(glide(24_000, 1000)), 4800), lost]);
      let audio = 0;
      const read = async (): Promise<void> => {
        for await (const part of stage().transcoder.transcode({ encoding: 'mp3' })(source, testCall())) {
          if (part.type === 'audio') audio += 1;
        }
      };
      await expect(read()).rejects.toBe(lost);
      expect(audio).toBeGreaterThan(5);
    });

    it('sound that was compressed silence is incomplete once it is decoded', async () => {
      const mute = encodeWithFfmpeg(bytesOf(silence(24_000, 1500)), 24_000, CONTAINERS[0].args);
      const expected = { text: 'There is something to say.', speed: 1 };
      const error = await failure(clip({ ...PCM, encoding: 'mp3' }, mute, 1000), { ...OUT, expected });
      expect(error).toMatchObject({ code: 'incomplete' });
    });

    it('a host that is killed fails its speech only; the next one is spoken', async () => {
      const source = stalling(PCM, chunks(bytesOf(glide(24_000, 500)), 4800));
      const read = async (): Promise<void> => {
        for await (const part of stage().transcoder.transcode({ encoding: 'mp3' })(source, testCall())) {
          if (part.type === 'audio') for (const pid of children()) process.kill(pid, 'SIGKILL');
        }
      };
      await expect(read()).rejects.toMatchObject({ code: 'upstream_failed' });
      await source.closed;
      const again = clip(PCM, bytesOf(glide(24_000, 300)), 4800);
      expect((await hear(stage(), again, { encoding: 'mp3' })).complete).toMatchObject(
        completePart({ audioMs: 300, bytes: expect.any(Number), lastSeq: expect.any(Number) }),
      );
    });
  });
}

function children(): number[] {
  const list = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8');
  return list.split(' ').filter(Boolean).map(Number);
}

/** The same noise for the same seed. */
function noise(length: number, seed: number): Buffer {
  let state = seed * 2_654_435_761;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    }),
  );
}
