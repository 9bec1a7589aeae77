/** A clause as espeak cuts it. Offsets are UTF-16, into the text that it was given. */
export interface Clause {
  /** espeak's phonemes: `_` between those of a word, a space between words. */
  readonly phonemes: string;
  /** ASCII mark that ends it, or empty. */
  readonly mark: string;
  readonly endsSentence: boolean;
  readonly start: number;
  readonly end: number;
}

/** Where a clause ends: the offset behind its mark, and the mark as a voice knows it. */
export interface ClauseEnd {
  readonly end: number;
  readonly mark: string;
  readonly endsSentence: boolean;
}

/** Marks of other scripts that espeak takes for one of these six; the others (CJK, dashes, ellipses) it gives no name. */
const MARKS: Readonly<Record<string, string>> = {
  '.': '.',
  '?': '?',
  '!': '!',
  ',': ',',
  ':': ':',
  ';': ';',
  '\u037e': '?',
  '\u0387': ';',
  '\u055d': ',',
  '\u0589': '.',
  '\u060c': ',',
  '\u061b': ';',
  '\u061f': '?',
  '\u06d4': '.',
  '\u0964': '.',
  '\u0965': '.',
};
const SENTENCE_MARKS = '.?!\u2026\u3002\uff01\uff1f\uff0e';
const SILENT_MARKS = '\u2014\u2013\u2026\u3001\u3002\uff0c\uff1a\uff1b\uff01\uff1f\uff0e';

export function markOf(character: string): string {
  return MARKS[character] ?? '';
}

/** Punctuation that ends a clause, with the quotes and brackets that close after it. */
const CLAUSE_END =
  /([.?!,:;\u037e\u0387\u055d\u0589\u060c\u061b\u061f\u06d4\u0964\u0965]+)["'\u201d\u2019\u00bb)\]]*(?=\s|$)|([\u3001\u3002\uff0c\uff1a\uff1b\uff01\uff1f\uff0e\u2026])|\s([\u2014\u2013]+)(?=\s)|(\n\s*\n)/g;

/**
 * Where espeak will probably end its clauses, without asking it. The caller compares their number with that of espeak's
 * own and asks when they differ.
 */
export function likelyClauseEnds(text: string): ClauseEnd[] {
  const ends: ClauseEnd[] = [];
  for (const match of text.matchAll(CLAUSE_END)) {
    const [whole, marks = '', silent = '', dash = '', paragraph = ''] = match;
    const end = match.index + whole.length;
    const last = marks.at(-1) ?? '';
    // A full stop before a small letter is an abbreviation's.
    if (last === '.' && /^\s+\p{Ll}/u.test(text.slice(end))) continue;
    // Several dots are an ellipsis, which has no name.
    const mark = marks.endsWith('..') ? '' : markOf(last);
    const endsSentence = paragraph !== '' || SENTENCE_MARKS.includes(last || silent || dash || '-');
    ends.push({ end, mark, endsSentence });
  }
  const rest = text.slice(ends.at(-1)?.end ?? 0);
  if (/[\p{L}\p{N}]/u.test(rest)) ends.push({ end: text.length, mark: '', endsSentence: true });
  return ends.filter((end, index) => /[\p{L}\p{N}\p{S}]/u.test(text.slice(ends[index - 1]?.end ?? 0, end.end)));
}

/** True for a character that is a mark of any kind at the end of a clause. */
export function isClauseMark(character: string): boolean {
  return character in MARKS || SILENT_MARKS.includes(character);
}
