/** What is to be heard. */
export interface SpokenText {
  readonly text: string;
  readonly markup?: 'plain' | 'ssml';
  /** 1 is the voice's own pace. */
  readonly speed: number;
}

export interface LengthBounds {
  /** 0 for text without anything to say. */
  readonly minMs: number;
  readonly maxMs: number;
}

/** Han, kana and Hangul: one character is a syllable or more. */
const SYLLABIC = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;
const SAYABLE = /[\p{L}\p{N}]/gu;
const TAG = /<[^>]*>/g;

// A hurried speaker needs 50 ms a letter and 120 ms a syllable: a third of that is no speech, whatever the voice.
const MIN_MS_PER_LETTER = 15;
const MIN_MS_PER_SYLLABLE = 40;
// Symbols and numbers are read out as words, one emoji as five of them.
const MAX_MS_PER_CHARACTER = 1500;
const MAX_MS_BASE = 10_000;
/** Markup may speed up, skip and pause as it likes. */
const MARKUP_SLACK = 4;

export function hasSayable(spoken: SpokenText): boolean {
  return count(plain(spoken), SAYABLE) > 0;
}

/** Bounds outside of which a clip cannot be all of the text and nothing else; wide, because a retry is not free. */
export function plausibleLength(spoken: SpokenText): LengthBounds {
  const text = plain(spoken);
  const syllables = count(text, SYLLABIC);
  const letters = count(text, SAYABLE) - syllables;
  const shortest = (letters * MIN_MS_PER_LETTER + syllables * MIN_MS_PER_SYLLABLE) / Math.max(1, spoken.speed);
  if (spoken.markup === 'ssml') return { minMs: shortest / MARKUP_SLACK, maxMs: Infinity };
  const longest = (MAX_MS_BASE + text.length * MAX_MS_PER_CHARACTER) / Math.min(1, spoken.speed);
  return { minMs: shortest, maxMs: longest };
}

function plain({ text, markup }: SpokenText): string {
  return markup === 'ssml' ? text.replace(TAG, ' ') : text;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
