import type { SsmlToken } from './ssml-tokens.js';

/** An element that is open somewhere in the document; `raw` is its tag, and what must be said again with it. */
interface OpenElement {
  readonly name: string;
  readonly raw: string;
  readonly parent: OpenElement | undefined;
}

/** A self-contained document: `prefix` opens again what was open, and the rest is a slice of the client's. */
export interface SsmlSlice {
  readonly text: string;
  readonly prefixLength: number;
}

/** Cuts a document into documents, wherever it is cut between two tokens or inside of a text. */
export class SsmlSlices {
  /** What is open after each token. */
  private readonly open: (OpenElement | undefined)[] = [];
  /** Between `<speak …>` and `</speak>`. */
  readonly bodyStart: number;
  readonly bodyEnd: number;

  constructor(
    private readonly ssml: string,
    private readonly tokens: readonly SsmlToken[],
  ) {
    let top: OpenElement | undefined;
    for (const { kind, name, start, end } of tokens) {
      const raw = ssml.slice(start, end);
      if (kind === 'open') top = { name, raw, parent: top };
      else if (kind === 'close') top = top?.parent;
      // A lexicon holds for all of its parent, so every part of it names it.
      else if (kind === 'empty' && name === 'lexicon' && top) top = { ...top, raw: top.raw + raw };
      this.open.push(top);
    }
    this.bodyStart = tokens.find(({ name }) => name === 'speak')?.end ?? 0;
    this.bodyEnd = tokens.findLast(({ name }) => name === 'speak')?.start ?? 0;
  }

  slice(start: number, end: number): SsmlSlice {
    const prefix = chain(this.openAt(start))
      .map(({ raw }) => raw)
      .join('');
    const suffix = chain(this.openAt(end))
      .toReversed()
      .map(({ name }) => `</${name}>`)
      .join('');
    return { text: prefix + this.ssml.slice(start, end) + suffix, prefixLength: prefix.length };
  }

  /** `at`, or the end of the closing tags that follow it at once. */
  afterClosingTags(at: number): number {
    let end = at;
    for (let index = this.lastBefore(at) + 1; ; index += 1) {
      const token = this.tokens[index];
      if (token?.kind !== 'close' || token.start !== end || token.end > this.bodyEnd) return end;
      end = token.end;
    }
  }

  private openAt(at: number): OpenElement | undefined {
    return this.open[this.lastBefore(at)];
  }

  /** Index of the last token that ends at or before `at`; inside of a text, of the one before it. */
  private lastBefore(at: number): number {
    let [low, high] = [0, this.tokens.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.tokens[middle]?.end ?? Infinity) <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** Outermost first. */
function chain(element: OpenElement | undefined): OpenElement[] {
  const elements: OpenElement[] = [];
  for (let one = element; one; one = one.parent) elements.unshift(one);
  return elements;
}
