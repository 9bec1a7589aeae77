import type { Word } from './frontend.js';

/** The words of text[start, end), without the punctuation around them. */
export function wordsOf(text: string, start: number, end: number): Word[] {
  const words: Word[] = [];
  for (const match of text.slice(start, end).matchAll(/\S+/g)) {
    const [token] = match;
    const lead = /^[\p{P}\p{S}]*/u.exec(token)?.[0].length ?? 0;
    const trail = /[\p{P}\p{S}]*$/u.exec(token)?.[0].length ?? 0;
    const bare = lead < token.length;
    // A sign that stands alone is spoken too: `5 % & 3`.
    if (!bare && !/\p{S}|[%&#@*/]/u.test(token)) continue;
    const from = start + match.index + (bare ? lead : 0);
    const to = start + match.index + token.length - (bare ? trail : 0);
    // What is spoken with the word belongs to it: the currency, the percent sign.
    words.push({
      start: spokenLead(text, from, start + match.index),
      end: spokenTail(text, to, start + match.index + token.length),
    });
  }
  return words;
}

function spokenLead(text: string, from: number, limit: number): number {
  let at = from;
  while (at > limit && /[\p{Sc}#@+]/u.test(text[at - 1] ?? '')) at -= 1;
  return at;
}

function spokenTail(text: string, to: number, limit: number): number {
  let at = to;
  while (at < limit && /[%\u00b0\p{Sc}]/u.test(text[at] ?? '')) at += 1;
  return at;
}
