import { BROKEN } from '../../../providers/tone/tone-codec.js';

const NOT_SAID = new RegExp(`[^\\p{L}\\p{N}${BROKEN}]`, 'gu');
const CUT_OFF = new RegExp(`${BROKEN}+$`);

/** What is said aloud: pauses and stops are no words. */
function said(text: string): string {
  return text.replace(NOT_SAID, '');
}

export function sameWords(heard: string, text: string): boolean {
  return said(heard) === said(text);
}

/** How many letters from an offset on may be said twice. */
export type Repeatable = (text: string, from: number) => number;

/** The word that was broken. */
export const theWord: Repeatable = (text, from) => said(/^\S+/u.exec(text.slice(from))?.[0] ?? '').length;
/** The sentence up to its end: of voices that do not tell their words. */
export const theSentence: Repeatable = (text, from) => said(/^[^.]*/u.exec(text.slice(from))?.[0] ?? '').length;

/**
 * Whether all of `text` was heard in order, said again from the word at `from` on: no word is missing, what comes after
 * the seam is without a flaw, and what was said twice is no more than `repeatable`, the last sound of it cut off.
 */
export function goesOnAt(heard: string, text: string, from: number, repeatable: Repeatable): boolean {
  const all = said(heard);
  const [before, after] = [said(text.slice(0, from)), said(text.slice(from))];
  if (!all.endsWith(after) || !all.startsWith(before)) return false;
  const twice = all.slice(before.length, all.length - after.length);
  const whole = twice.replace(CUT_OFF, '');
  return after.startsWith(whole) && twice.length - whole.length <= 2 && whole.length <= repeatable(text, from);
}

/** The same with the seam at any word. */
export function goesOnSomewhere(heard: string, text: string, repeatable: Repeatable): boolean {
  return [...text.matchAll(/\S+/gu)].some(({ index }) => goesOnAt(heard, text, index, repeatable));
}
