import { describe, expect, it } from 'vitest';

import { bytesPerSample } from '../../../src/core/audio-format.js';
import { decodeWithFfmpeg } from '../../support/ffmpeg.js';
import { collect, testCall } from '../../support/speech-parts.js';
import { heardIn, loudness, type Stage } from './provider-case.js';

/** Nobody says a letter in less. */
const LEAST_MS_PER_CHARACTER = 15;

export function partStories(stage: Stage): void {
  const { manifest } = stage;
  describe('parts', () => {
    it('are one start, then audio without a gap in seq, then one complete', async () => {
      const { parts, start, audio, complete, bytes } = await stage.hear();
      const { id } = stage.provider();
      expect(parts.filter(({ type }) => type === 'start')).toHaveLength(1);
      expect(parts.filter(({ type }) => type === 'complete')).toHaveLength(1);
      expect(start).toMatchObject({ sessionId: 'test-session', provider: id, voice: `${id}/${stage.subject.voice}` });
      expect(audio.map(({ seq }) => seq)).toEqual(audio.map((_, index) => index));
      expect(audio.every(({ data }) => data.length > 0)).toBe(true);
      expect(complete).toMatchObject({ verdict: 'complete', provider: id, voice: start.voice });
      expect(complete).toMatchObject({ bytes: bytes.length, lastSeq: audio.length - 1, seams: 0, cached: false });
      // The white space between two sentences is of neither.
      const spoken = stage.text.replaceAll(/\s/g, '').length;
      expect(complete.characters).toBeLessThanOrEqual(stage.text.length);
      expect(complete.characters).toBeGreaterThanOrEqual(spoken);
    });

    it.each(manifest.formats)('are %s where the manifest says so and it is asked', async (targetFormat) => {
      const { start, bytes, audioMs, audio } = await stage.hear({ targetFormat });
      expect(start.format).toBe(targetFormat);
      const { sampleRateHz, channels } = start;
      const size = bytesPerSample({ encoding: targetFormat, sampleRateHz, channels });
      if (size !== undefined) {
        expect(audio.every(({ data }) => data.length % size === 0)).toBe(true);
        expect(Math.abs(audioMs - (bytes.length / size / sampleRateHz) * 1000)).toBeLessThanOrEqual(5);
      }
      const pcm = decodeWithFfmpeg(bytes, targetFormat, { sampleRateHz }, 16_000);
      expect(pcm.length / 32).toBeGreaterThan(stage.text.length * LEAST_MS_PER_CHARACTER);
      expect(loudness(pcm)).toBeGreaterThan(100);
    });

    it('come one by one: the first audio long before the last', async () => {
      const { voice } = stage.subject;
      const listed = (await stage.provider().voices(new AbortController().signal)).find(({ id }) => id === voice);
      const text = stage.text.repeat(50).slice(0, manifest.maxCharacters);
      const startedAt = performance.now();
      let firstAt = 0;
      let count = 0;
      for await (const part of stage.provider().speak(stage.request({ text, ...stage.subject.paced }), testCall())) {
        if (part.type !== 'audio') continue;
        count += 1;
        if (count === 1) firstAt = performance.now() - startedAt;
        else if (stage.subject.paced && count === 10) break;
      }
      expect(listed?.streaming).toBe(count > 1);
      expect(firstAt).toBeLessThan((performance.now() - startedAt) / 2);
    });

    it(`speak a text of ${manifest.maxCharacters} characters`, async () => {
      const words = 'one of very many words ';
      const text = words.repeat(manifest.maxCharacters / words.length + 1).slice(0, manifest.maxCharacters - 1) + '.';
      const { complete } = await stage.hear({ text });
      expect(complete.characters).toBeGreaterThan(text.length * 0.8);
      expect(complete.lastSeq).toBeGreaterThan(0);
    });

    it('of two speeches at once do not mix', async () => {
      const other = 'Something else entirely is being said here.';
      const [alone, elsewhere] = [await stage.hear(), await stage.hear({ text: other })];
      const speak = (text: string, sessionId: string) =>
        stage.provider().speak(stage.request({ text }), testCall({ sessionId }));
      const streams = [speak(stage.text, 'one'), speak(other, 'two')];
      const [one, two] = (await Promise.all(streams.map(collect))).map(heardIn);
      expect([one?.start.sessionId, two?.start.sessionId]).toEqual(['one', 'two']);
      expect([one?.complete.characters, two?.complete.characters]).toEqual([
        alone.complete.characters,
        elsewhere.complete.characters,
      ]);
      if (!manifest.deterministic) return;
      expect(one?.bytes.equals(alone.bytes)).toBe(true);
      expect(two?.bytes.equals(elsewhere.bytes)).toBe(true);
    });
  });
}
