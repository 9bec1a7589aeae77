import type { Phoneme, Sentence } from './frontend.js';

/** Cuts a sentence of more than `most` phonemes, at a mark if there is one in the second half, else at a space. */
export function splitSentence(sentence: Sentence, most: number): Sentence[] {
  const { phonemes, words } = sentence;
  if (phonemes.length <= most) return [sentence];
  const at = cutBefore(phonemes, most);
  const head = phonemes.slice(0, at);
  const tail = phonemes.slice(at);
  const seam = wordEnd(sentence, head) ?? sentence.start;
  return [
    { phonemes: head, words, start: sentence.start, end: seam },
    ...splitSentence({ phonemes: tail, words, start: seam, end: sentence.end }, most),
  ];
}

function cutBefore(phonemes: readonly Phoneme[], most: number): number {
  const isAfter = (pattern: RegExp, floor: number): number => {
    for (let at = most; at > floor; at -= 1) if (pattern.test(phonemes[at - 1]?.symbol ?? '')) return at;
    return 0;
  };
  return isAfter(/^[,;:.!?\u2026\u2014]$/, most / 2) || isAfter(/^\s$/, 0) || most;
}

function wordEnd({ words }: Sentence, head: readonly Phoneme[]): number | undefined {
  const last = head.findLast(({ word }) => word >= 0);
  return last && words[last.word]?.end;
}
