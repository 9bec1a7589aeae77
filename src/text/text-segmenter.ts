import { forcedCut } from './forced-cut.js';
import { SentenceStop } from './sentence-stop.js';
import { BREAKS, readStopRun, STOPS, wordAfter } from './stop-run.js';
import type { TextSegment } from './text-segment.js';

export interface TextSegmenterOptions {
  /** BCP-47; without it the rules that all languages share. */
  readonly language?: string;
  /** Longest segment in UTF-16 units, at least 2. Longer sentences are cut at clauses, then words. */
  readonly maxCharacters: number;
  /** Lets the very first clause go before its sentence is finished, once it has about ten characters. */
  readonly eagerFirst?: boolean;
}

/** Shortest first clause that goes alone: less sounds clipped. */
const EAGER_MIN = 10;
/** A line at least this long that goes on with a small letter was wrapped by an editor, not ended by its writer. */
const WRAPPED_LINE_MIN = 40;
/** How far back a decision looks. */
const LOOK_BACK = 40;

const OPENERS = '「『（【《〈“［';
const CLOSERS = '」』）】》〉”］';
const FULL_WIDTH_CLAUSES = '，、；：';
const CLAUSES = `,;:—–،؛${FULL_WIDTH_CLAUSES}`;
const ENDS_IN_STOP = new RegExp(`[${STOPS}${CLOSERS}"'’»)]$`, 'u');
const LINE_END = /(?:\r\n|\n)[ \t]{0,8}(?<next>.?)/suy;
/** "1." or "(b)." or "2.3." is the number of what follows. */
const ENUMERATOR = /^[([]?(?:\d{1,3}(?:\.\d{1,3}){0,3}|\p{L}|[ivxIVX]{1,5})\.$/u;

type Judgement =
  | { readonly end: number }
  | { readonly goOn: number }
  /** What stands here is not known before more text is. */
  | 'wait';

/**
 * Cuts text into sentences while it is being written. How the text arrives (whole, by characters, by halves of a
 * surrogate pair) never changes the segments: a cut is decided by a bounded stretch of text after it, and waits until
 * that is there. Costs time in proportion to the text.
 */
export class TextSegmenter {
  private readonly marks: RegExp;
  private readonly eagerMarks: RegExp;
  private readonly isStop: RegExp;
  private readonly stop: SentenceStop;
  private buffer = '';
  /** High surrogate whose other half has not arrived. */
  private half = '';
  /** Offset of `buffer` in the client's text. */
  private base = 0;
  private start = 0;
  /** Everything before it has been judged. */
  private cursor = 0;
  private lineStart = 0;
  private openBrackets = 0;
  private index = 0;
  private ended = false;

  constructor(private readonly options: TextSegmenterOptions) {
    if (!(options.maxCharacters >= 2)) throw new RangeError('maxCharacters is at least 2');
    const greek = options.language?.toLowerCase().split('-')[0] === 'el' ? ';' : '';
    this.marks = new RegExp(`[${STOPS}${greek}${BREAKS}${OPENERS}${CLOSERS}]`, 'gu');
    this.eagerMarks = new RegExp(`[${STOPS}${greek}${BREAKS}${OPENERS}${CLOSERS}${CLAUSES}]`, 'gu');
    this.isStop = new RegExp(`[${STOPS}${greek}]`, 'u');
    this.stop = new SentenceStop(options.language);
  }

  /** Takes the next piece of text; returns the segments that it completes. */
  push(text: string): TextSegment[] {
    if (this.ended) throw new Error('TextSegmenter takes no text after its end');
    const arrived = this.half + text;
    this.half = /[\ud800-\udbff]$/.exec(arrived)?.[0] ?? '';
    this.buffer += arrived.slice(0, arrived.length - this.half.length);
    return this.take(false);
  }

  /** Returns what is buffered, finished or not; more text may follow. */
  flush(): TextSegment[] {
    const segments = this.take(true);
    // A bracket that was opened before is not waited for after.
    this.openBrackets = 0;
    this.lineStart = 0;
    return segments;
  }

  /** Returns the rest. */
  end(): TextSegment[] {
    this.ended = true;
    this.buffer += this.half;
    this.half = '';
    return this.take(true);
  }

  private take(final: boolean): TextSegment[] {
    const segments: TextSegment[] = [];
    for (;;) {
      this.skipWhiteSpace();
      if (this.start === this.buffer.length) break;
      const end = this.nextEnd(final);
      if (end === undefined) break;
      segments.push(this.cut(end));
    }
    this.forgetTaken();
    return segments;
  }

  private skipWhiteSpace(): void {
    const text = /\S/g;
    text.lastIndex = this.start;
    this.start = text.exec(this.buffer)?.index ?? this.buffer.length;
    this.cursor = Math.max(this.cursor, this.start);
  }

  private cut(end: number): TextSegment {
    const text = this.buffer.slice(this.start, end).trimEnd();
    const textStart = this.base + this.start;
    const textEnd = textStart + text.length;
    this.start = end;
    this.cursor = Math.max(this.cursor, end);
    const toClientOffset = (offset: number): number => textStart + Math.min(Math.max(offset, 0), text.length);
    return { index: this.index++, text, markup: 'plain', textStart, textEnd, toClientOffset };
  }

  private forgetTaken(): void {
    this.buffer = this.buffer.slice(this.start);
    this.base += this.start;
    this.cursor -= this.start;
    this.lineStart = Math.max(0, this.lineStart - this.start);
    this.start = 0;
  }

  /** End of the segment that begins at `start`, or undefined while it is not known. */
  private nextEnd(final: boolean): number | undefined {
    const limit = this.start + this.options.maxCharacters;
    for (;;) {
      const mark = this.nextMark();
      if (mark === undefined || mark >= limit) break;
      const judgement = this.judge(mark, final);
      if (judgement === 'wait') return undefined;
      if ('end' in judgement) {
        if (judgement.end > limit) break;
        return judgement.end;
      }
      this.cursor = judgement.goOn;
    }
    if (this.buffer.length > limit && (final || this.buffer.length >= limit + 2)) {
      return (
        this.start + forcedCut(this.buffer.slice(this.start, limit + 2), limit - this.start, this.options.language)
      );
    }
    return final ? this.buffer.length : undefined;
  }

  private nextMark(): number | undefined {
    const marks = this.options.eagerFirst && this.index === 0 ? this.eagerMarks : this.marks;
    marks.lastIndex = this.cursor;
    const mark = marks.exec(this.buffer)?.index;
    this.cursor = mark ?? this.buffer.length;
    return mark;
  }

  private judge(mark: number, final: boolean): Judgement {
    const char = this.buffer[mark] ?? '';
    if (this.isStop.test(char) || (char >= '\ud800' && char <= '\udbff')) return this.judgeStop(mark, final);
    if (OPENERS.includes(char)) this.openBrackets += 1;
    else if (CLOSERS.includes(char)) this.openBrackets = Math.max(0, this.openBrackets - 1);
    else if (CLAUSES.includes(char)) return this.judgeClause(mark, final);
    else return this.judgeBreak(mark, final);
    return { goOn: mark + 1 };
  }

  private judgeStop(mark: number, final: boolean): Judgement {
    const { buffer, start } = this;
    // The ideographic full stop needs nothing after it, unless a quote is still to be closed.
    if (/[。｡]/.test(buffer[mark] ?? '') && this.openBrackets === 0 && !this.saysNothing(mark))
      return { end: mark + 1 };
    const run = readStopRun(buffer, mark, final);
    if (!run) return 'wait';
    if (run.beforeBreak || this.saysNothing(run.end)) return this.leave(run);
    const startsSmall = /^\P{L}*\p{Ll}/u.test(buffer.slice(start, mark));
    const before = buffer.slice(Math.max(start, mark - LOOK_BACK), mark);
    const nextWord = (): string | undefined => wordAfter(buffer, run.end, final);
    const ends = this.stop.ends({ ...run, before, startsSmall, nextWord });
    if (ends === undefined) return 'wait';
    const left = this.leave(run);
    return ends ? { end: run.end } : left;
  }

  private leave({ closers, end }: { closers: string; end: number }): Judgement {
    const closed = closers.split('').filter((closer) => CLOSERS.includes(closer)).length;
    this.openBrackets = Math.max(0, this.openBrackets - closed);
    return { goOn: end };
  }

  private judgeBreak(mark: number, final: boolean): Judgement {
    const lineLength = mark - Math.max(this.start, this.lineStart);
    this.openBrackets = 0;
    if (this.saysNothing(mark)) return { goOn: mark + 1 };
    if (lineLength >= WRAPPED_LINE_MIN) {
      const wrapped = this.isWrapped(mark, final);
      if (wrapped === undefined) return 'wait';
      if (wrapped) {
        this.lineStart = mark + 1;
        return { goOn: mark + (this.buffer[mark] === '\r' ? 2 : 1) };
      }
    }
    return { end: mark };
  }

  private isWrapped(mark: number, final: boolean): boolean | undefined {
    LINE_END.lastIndex = mark;
    const next = LINE_END.exec(this.buffer)?.groups?.['next'] ?? (this.buffer[mark] === '\r' ? '' : '\n');
    if (next === '' && !final) return undefined;
    const line = this.buffer.slice(mark - LOOK_BACK, mark).trimEnd();
    return this.stop.mustGoOn(line) || (/\p{Ll}/u.test(next) && !ENDS_IN_STOP.test(line));
  }

  private judgeClause(mark: number, final: boolean): Judgement {
    const end = mark + 1;
    if (end - this.start < EAGER_MIN) return { goOn: end };
    if (FULL_WIDTH_CLAUSES.includes(this.buffer[mark] ?? '')) return { end };
    const next = this.buffer[end];
    if (next === undefined && !final) return 'wait';
    return next !== undefined && /\s/.test(next) ? { end } : { goOn: end };
  }

  /** Up to `end` there is nothing to say yet: only punctuation, or the number of a list item. */
  private saysNothing(end: number): boolean {
    const unit = this.buffer.slice(this.start, end);
    return (
      !/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(unit) || (unit.length <= 16 && ENUMERATOR.test(unit.trimEnd()))
    );
  }
}
