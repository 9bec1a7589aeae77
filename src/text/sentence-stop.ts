import {
  ALWAYS_CONTINUED,
  BEFORE_NUMBER,
  MAY_END,
  ORDINAL_STOP_LANGUAGES,
  SENTENCE_STARTERS,
} from './abbreviations.js';

/** A run of stops with what stands around it. */
export interface StopContext {
  /** What stands before the run, as far back as it matters; nothing of the sentence before. */
  readonly before: string;
  /** The stops themselves: `.`, `?!`, `...`, `।`. */
  readonly stops: string;
  /** Quotes and brackets that close right after them. */
  readonly closers: string;
  /** White space follows. */
  readonly gap: boolean;
  /** What follows the white space, up to and including the first letter or digit; empty where nothing follows. */
  readonly next: string;
  /** The first letter of the sentence is a small one. */
  readonly startsSmall: boolean;
  /** The whole next word and the character after it; undefined where that has not arrived yet. */
  nextWord(): string | undefined;
}

const WORD_BEFORE = /[\p{L}\p{M}\p{N}ºª.]*$/u;
const DOTTED = /^(?:\p{L}{1,2}\.)+\p{L}{1,2}$/u;
const LETTER = /^[\p{Lu}\p{Ll}]$/u;
const ROMAN = /^(?:[IVXLC]{2,}|[VX])\.?$/;
const FULL_WIDTH = /[。！？｡．]$/u;
const ELLIPSIS = /^(?:…|\.{2,}|‥)/u;

/** Tells the stop that ends a sentence from every other. By the rules of UAX 29 where nothing here knows better. */
export class SentenceStop {
  private readonly segmenter: Intl.Segmenter;
  private readonly ordinals: boolean;

  constructor(language?: string) {
    this.segmenter = new Intl.Segmenter(language, { granularity: 'sentence' });
    this.ordinals = ORDINAL_STOP_LANGUAGES.has(language?.split('-')[0]?.toLowerCase() ?? '');
  }

  /** Undefined: the next word decides, and it is not there yet. */
  ends(context: StopContext): boolean | undefined {
    const { stops, closers, gap, next, startsSmall } = context;
    if (next === '') return true;
    if (!gap) return this.endsWithoutGap(context);
    const small = /\p{Ll}$/u.test(next);
    // "Stop!" he said.
    if (small && /["'”’»)]/u.test(closers)) return false;
    if (stops === '.' && closers === '') {
      const abbreviation = this.abbreviation(context);
      if (abbreviation !== 'none') return abbreviation === 'undecided' ? undefined : abbreviation === 'ends';
    }
    // UAX 29 never ends a sentence before a small letter; a writer who began with one does.
    if (small && startsSmall && !ELLIPSIS.test(stops)) return true;
    return this.breaks(context);
  }

  /** `line` ends in a title or a connecting word with its stop, after which a sentence never ends. */
  mustGoOn(line: string): boolean {
    return line.endsWith('.') && ALWAYS_CONTINUED.has(WORD_BEFORE.exec(line.slice(0, -1))?.[0] ?? '');
  }

  private endsWithoutGap(context: StopContext): boolean {
    const { before, stops, next } = context;
    if (FULL_WIDTH.test(stops)) return true;
    if (ELLIPSIS.test(stops) || !/^\p{L}/u.test(next)) return false;
    // In "example.com/?q=1" and "Node.js" nothing ends; in "Really?Yes" and "नहीं।हाँ" it does.
    if (/^[.!?]/u.test(stops) && !/(?:^|[\s\p{P}])\p{L}+$/u.test(before)) return false;
    if (/^[!?]/u.test(stops)) return /^[\p{Lu}\p{Lo}]/u.test(next);
    return this.breaks(context);
  }

  private abbreviation({ before, next, nextWord }: StopContext): 'none' | 'continues' | 'ends' | 'undecided' {
    const word = WORD_BEFORE.exec(before)?.[0] ?? '';
    if (ALWAYS_CONTINUED.has(word)) return 'continues';
    const number = /^\P{L}*\p{N}$/u.test(next);
    if (number && (BEFORE_NUMBER.has(word) || LETTER.test(word))) return 'continues';
    const ordinal = this.ordinals && /^\d{1,2}$/.test(word);
    if (ordinal && number) return 'continues';
    if (!ordinal && !MAY_END.has(word) && !DOTTED.test(word) && !LETTER.test(word))
      return this.beforeRoman(word, nextWord);
    if (/\p{Ll}$/u.test(next)) return 'continues';
    const following = nextWord();
    if (following === undefined) return 'undecided';
    return SENTENCE_STARTERS.has(following) ? 'ends' : 'continues';
  }

  private beforeRoman(word: string, nextWord: StopContext['nextWord']): 'none' | 'continues' | 'undecided' {
    if (!BEFORE_NUMBER.has(word)) return 'none';
    const following = nextWord();
    if (following === undefined) return 'undecided';
    return ROMAN.test(following) ? 'continues' : 'none';
  }

  // A few characters around the stop are all the rules look at; asking about the whole text would cost its square.
  private breaks({ before, stops, closers, gap, next }: StopContext): boolean {
    // UAX 29 knows neither the one-character ellipsis as a stop nor the marks of Markdown as brackets.
    const closed = closers.replaceAll(/[*_`~]/g, '"');
    const left = `${before.slice(-8)}${stops}${closed}${gap ? ' ' : ''}`.replaceAll(/[…‥]/gu, '.');
    return this.segmenter.segment(left + next).containing(left.length)?.index === left.length;
  }
}
