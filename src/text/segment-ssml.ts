import { SpeechError } from '../core/speech-error.js';
import { checkSsml } from './check-ssml.js';
import { forcedCut } from './forced-cut.js';
import { segmentText } from './segment-text.js';
import { SsmlSlices } from './ssml-slices.js';
import { attributeOf, ssmlTokens, type SsmlToken } from './ssml-tokens.js';
import { ssmlView, type SsmlView } from './ssml-view.js';
import type { TextSegment } from './text-segment.js';

export interface SegmentSsmlOptions {
  /** Longest segment, its markup included, in UTF-16 units. */
  readonly maxCharacters: number;
  /** BCP-47; default: the `xml:lang` of the document. */
  readonly language?: string;
}

/** A stretch of the view. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * The sentences of an SSML document, each as a document of its own in which everything is open that was open there.
 * Cut where sentences, `<s>` and `<p>` end; never inside `say-as`, `sub`, `phoneme`, `audio`. Together the segments say
 * what the document says, each pause and mark once. Offsets are offsets into the document.
 * Throws `invalid_request` for a document that `checkSsml` refuses or that has nothing to say, and `too_large` where
 * the markup alone is longer than a segment.
 */
export function segmentSsml(ssml: string, options: SegmentSsmlOptions): TextSegment[] {
  checkSsml(ssml);
  const tokens = ssmlTokens(ssml);
  const view = ssmlView(ssml, tokens);
  if (view.text.trim() === '' && !tokens.some(({ name }) => name === 'audio')) {
    throw new SpeechError('invalid_request', 'ssml has no text to speak.', { param: 'ssml' });
  }
  const language = options.language ?? languageOf(ssml, tokens);
  const sentences = segmentText(view.text, { maxCharacters: options.maxCharacters, ...(language && { language }) });
  const cutter = new SsmlCutter(ssml, tokens, view, options.maxCharacters);
  for (const { textStart, textEnd } of sentences) cutter.take({ from: textStart, to: textEnd });
  return cutter.end();
}

class SsmlCutter {
  private readonly slices: SsmlSlices;
  private readonly segments: TextSegment[] = [];
  /** Everything before it is in a segment. */
  private taken: number;
  private pending: Stretch | undefined;

  constructor(
    ssml: string,
    tokens: readonly SsmlToken[],
    private readonly view: SsmlView,
    private readonly maxCharacters: number,
  ) {
    this.slices = new SsmlSlices(ssml, tokens);
    this.taken = this.slices.bodyStart;
  }

  /** The stretch before it ends where its text does; what stands between the two belongs to the second. */
  take(stretch: Stretch): void {
    if (this.endOf(stretch) <= this.taken) return; // the rest of an atomic element that was not cut
    const { pending } = this;
    this.pending = undefined;
    if (pending) this.cut(pending, this.slices.afterClosingTags(this.endOf(pending)));
    if (this.endOf(stretch) > this.taken) this.pending = stretch;
  }

  end(): TextSegment[] {
    this.cut(this.pending ?? { from: 0, to: 0 }, this.slices.bodyEnd);
    return this.segments;
  }

  private endOf({ to }: Stretch): number {
    return this.view.ends[to - 1] ?? this.slices.bodyEnd;
  }

  private cut(stretch: Stretch, end: number): void {
    const { taken: start, maxCharacters } = this;
    const { text, prefixLength } = this.slices.slice(start, end);
    if (text.length > maxCharacters) return this.cutShorter(stretch, end);
    const { from, to } = this.trimmed(stretch);
    const textStart = Math.max(start, this.view.starts[from] ?? start);
    const textEnd = Math.max(textStart, this.view.ends[to - 1] ?? end);
    const toClientOffset = (offset: number): number => Math.min(Math.max(start, start + offset - prefixLength), end);
    this.segments.push({ index: this.segments.length, text, markup: 'ssml', textStart, textEnd, toClientOffset });
    this.taken = end;
  }

  private trimmed({ from, to }: Stretch): Stretch {
    const text = this.view.text.slice(from, to);
    return { from: from + text.length - text.trimStart().length, to: from + text.trimEnd().length };
  }

  private cutShorter({ from, to }: Stretch, end: number): void {
    const half = Math.ceil((to - from) / 2);
    const at = half < 2 ? from : from + forcedCut(this.view.text.slice(from, to), half);
    const first = { from, to: at };
    const firstEnd = at > from ? this.endOf(first) : end;
    if (firstEnd >= end || firstEnd <= this.taken) {
      const message = `ssml has a part that is longer than ${this.maxCharacters} characters with its markup.`;
      throw new SpeechError('too_large', message, { param: 'ssml' });
    }
    this.cut(first, firstEnd);
    this.cut({ from: at, to }, end);
  }
}

function languageOf(ssml: string, tokens: readonly SsmlToken[]): string | undefined {
  const root = tokens.find(({ name }) => name === 'speak');
  const language = root && attributeOf(ssml.slice(root.start, root.end), 'xml:lang');
  if (!language) return undefined;
  try {
    return Intl.getCanonicalLocales(language)[0];
  } catch {
    return undefined; // no language that sentences could be cut by
  }
}
