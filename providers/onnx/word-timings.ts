import type { TimingPart } from '../../src/core/speech-part.js';
import type { TimingsWish } from '../../src/core/speech-request.js';
import type { EncodedSentence } from './text/frontend.js';

export interface SpokenSpan {
  /** Samples at which each id begins, and the end; absent where the graph does not tell. */
  readonly bounds: readonly number[] | undefined;
  readonly samples: number;
  /** Where the sentence begins in the audio. */
  readonly startMs: number;
  readonly sampleRateHz: number;
}

/** When the sentence, its words and phonemes are heard, in order of their beginnings, from what the graph told. */
export function timingsOf(sentence: EncodedSentence, span: SpokenSpan, text: string, wish: TimingsWish): TimingPart[] {
  if (wish === 'none') return [];
  const { startMs, samples, sampleRateHz, bounds } = span;
  const toMs = (at: number): number => startMs + (at / sampleRateHz) * 1000;
  const { start, end } = bare(text, sentence.start, sentence.end);
  const whole = { kind: 'sentence', value: text.slice(start, end), textStart: start, textEnd: end } as const;
  const parts: TimingPart[] = [{ type: 'timing', ...whole, startMs, endMs: toMs(samples), source: 'native' }];
  if (!bounds) return parts;
  const runs = phonemeRuns(sentence, bounds);
  for (const [index, word] of sentence.words.entries()) {
    const own = runs.filter((run) => run.word === index);
    const [first, last] = [own[0], own.at(-1)];
    if (!first || !last) continue;
    const place = { textStart: word.start, textEnd: word.end, source: 'native' } as const;
    const value = text.slice(word.start, word.end);
    parts.push({ type: 'timing', kind: 'word', value, startMs: toMs(first.from), endMs: toMs(last.to), ...place });
    if (wish !== 'phoneme') continue;
    for (const { symbol, from, to } of own) {
      parts.push({ type: 'timing', kind: 'phoneme', value: symbol, startMs: toMs(from), endMs: toMs(to), ...place });
    }
  }
  return parts.sort((a, b) => a.startMs - b.startMs);
}

interface PhonemeRun {
  readonly symbol: string;
  readonly word: number;
  readonly from: number;
  readonly to: number;
}

/** A phoneme lasts as long as its ids and the filler behind them. */
function phonemeRuns({ owners, phonemes }: EncodedSentence, bounds: readonly number[]): PhonemeRun[] {
  const runs: PhonemeRun[] = [];
  for (let at = 0; at < owners.length;) {
    const owner = owners[at] ?? -1;
    let next = at + 1;
    while (next < owners.length && owners[next] === owner) next += 1;
    const phoneme = phonemes[owner];
    if (phoneme) runs.push({ ...phoneme, from: bounds[at] ?? 0, to: bounds[next] ?? bounds.at(-1) ?? 0 });
    at = next;
  }
  return runs;
}

function bare(text: string, start: number, end: number): { start: number; end: number } {
  const piece = text.slice(start, end);
  const lead = piece.length - piece.trimStart().length;
  return { start: start + Math.min(lead, piece.length), end: start + piece.trimEnd().length };
}
