import type { TimingPart } from '../../src/core/speech-part.js';
import type { TimingsWish } from '../../src/core/speech-request.js';

const PATTERNS = {
  sentence: /\S[^.!?。！？]*[.!?。！？]*/gu,
  word: /[\p{L}\p{N}][\p{L}\p{M}\p{N}'’-]*/gu,
  phoneme: /\S/g,
} as const;
const ORDER = Object.keys(PATTERNS) as (keyof typeof PATTERNS)[];

/**
 * Sentences and words, and for `phoneme` each character, in the order in which they begin. Of text from offset `from`
 * on, of which not even its sentence is known yet, no sentences.
 */
export function timingsOf(text: string, characterMs: number, wish: TimingsWish, from?: number): TimingPart[] {
  if (wish === 'none') return [];
  const kinds = ORDER.filter((kind) =>
    kind === 'phoneme' ? wish === 'phoneme' : kind === 'word' || from === undefined,
  );
  const parts = kinds.flatMap((kind) =>
    [...text.matchAll(PATTERNS[kind])].map(({ index, 0: value }): TimingPart => {
      const textStart = index + (from ?? 0);
      const textEnd = textStart + value.length;
      const [startMs, endMs] = [Math.round(textStart * characterMs), Math.round(textEnd * characterMs)];
      return { type: 'timing', kind, value, startMs, endMs, textStart, textEnd, source: 'native' };
    }),
  );
  return parts.sort((a, b) => a.textStart - b.textStart || b.textEnd - a.textEnd);
}
