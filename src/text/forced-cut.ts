const CLAUSE_END = /[,;:)\]}—–،؛](?=\s)|[，、；：]/gu;
const WHITE_SPACE = /\s/gu;

/**
 * Where to cut `text`, whose sentence is longer than `max`: after a clause, else at white space, else between words
 * (Thai and Chinese write none), else between two characters as a reader sees them. Between 1 and `max`, unless one
 * character is longer. Looks at the first `max + 2` units only, so that a later piece of text changes nothing.
 */
export function forcedCut(text: string, max: number, language?: string): number {
  const window = text.slice(0, max + 2);
  const least = max / 3;
  return (
    lastEnd(window.matchAll(CLAUSE_END), least, max) ??
    lastStart(window, least, max) ??
    lastBoundary(window, 'word', least, max, language) ??
    lastStart(window, 0, max) ??
    lastBoundary(window, 'grapheme', 0, max, language) ??
    betweenCodePoints(window, max)
  );
}

function lastEnd(matches: Iterable<RegExpExecArray>, least: number, max: number): number | undefined {
  let last: number | undefined;
  for (const { index, 0: mark } of matches) {
    const end = index + mark.length;
    if (end > least && end <= max) last = end;
  }
  return last;
}

function lastStart(window: string, least: number, max: number): number | undefined {
  let last: number | undefined;
  for (const { index } of window.matchAll(WHITE_SPACE)) if (index > least && index <= max) last = index;
  return last;
}

function lastBoundary(
  window: string,
  granularity: 'word' | 'grapheme',
  least: number,
  max: number,
  language?: string,
): number | undefined {
  let last: number | undefined;
  for (const { index } of new Intl.Segmenter(language, { granularity }).segment(window)) {
    if (index > least && index <= max) last = index;
  }
  return last;
}

function betweenCodePoints(window: string, max: number): number {
  const unit = window.charCodeAt(max - 1);
  const splitsPair = unit >= 0xd800 && unit <= 0xdbff && window.length > max;
  if (!splitsPair) return max;
  return max > 1 ? max - 1 : max + 1;
}
