import { describe, expect, it } from 'vitest';

import type { TimingKind, TimingPart } from '../../../src/core/speech-part.js';
import { where, type Stage } from './provider-case.js';

const letters = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '');

export function timingStories(stage: Stage): void {
  const { manifest } = stage;
  const claims = (kind: TimingKind): boolean => manifest.timings.includes(kind);
  const of = (timings: readonly TimingPart[], kind: TimingKind): TimingPart[] =>
    timings.filter((timing) => timing.kind === kind);

  describe('timings', () => {
    it('are not sent unasked', async () => {
      expect((await stage.hear()).timings.filter(({ kind }) => kind !== 'mark')).toEqual([]);
    });

    for (const kind of ['word', 'sentence', 'phoneme'] as const) {
      if (!claims(kind)) continue;
      it(`of ${kind}s come in order, within the audio, with their place in the text`, async () => {
        const { timings, audioMs } = await stage.hear({ timings: kind === 'phoneme' ? 'phoneme' : 'word' });
        const own = of(timings, kind);
        expect(own.length).toBeGreaterThan(kind === 'sentence' ? 0 : 5);
        let lastMs = 0;
        for (const { startMs, endMs, textStart, textEnd } of own) {
          expect(startMs).toBeGreaterThanOrEqual(lastMs);
          expect(endMs).toBeGreaterThanOrEqual(startMs);
          expect(endMs).toBeLessThanOrEqual(audioMs + 1);
          expect(textStart).toBeLessThanOrEqual(textEnd);
          expect(textEnd).toBeLessThanOrEqual(stage.text.length);
          lastMs = startMs;
        }
      });
    }

    where(claims('word'), () => {
      it('of words name every word, each where it stands', async () => {
        const words = of((await stage.hear({ timings: 'word' })).timings, 'word');
        for (const { value, textStart, textEnd } of words) {
          expect(letters(stage.text.slice(textStart, textEnd))).toBe(letters(value));
        }
        expect(words.map(({ value }) => letters(value)).join('')).toBe(letters(stage.text));
      });

      it('count in UTF-16 units of the text as it was sent', async () => {
        const text = 'Fish & <chips> 🎉 for everyone.';
        const words = of((await stage.hear({ text, timings: 'word' })).timings, 'word');
        const last = words.at(-1)!;
        expect(letters(text.slice(last.textStart, last.textEnd))).toBe('everyone');
      });
    });

    where(claims('mark'), () => {
      it('of marks name them where they stand', async () => {
        const text = '<speak>One two three <mark name="here"/> four five six.</speak>';
        const { timings, audioMs } = await stage.hear({ text, markup: 'ssml' });
        const [mark] = of(timings, 'mark');
        expect(mark?.value).toBe('here');
        expect(mark?.startMs).toBeGreaterThan(audioMs * 0.25);
        expect(mark?.startMs).toBeLessThan(audioMs * 0.75);
      });
    });
  });
}
