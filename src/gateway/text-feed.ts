import { BoundedQueue } from '../core/bounded-queue.js';
import { SpeechError } from '../core/speech-error.js';
import type { TextSegment } from '../text/text-segment.js';
import type { TextSegmenter } from '../text/text-segmenter.js';
import { CONTROL_CHARACTER, nothingToSay } from './check-request.js';

/** Among the pieces of text: speak what is there. */
const FLUSH = '';

export interface TextFeedOptions {
  /** Over the whole speech, in UTF-16 units. */
  readonly maxCharacters: number;
  /** Text that waits this long for more is spoken as it is. */
  readonly idleMs: number;
  /** A client that sends no text for so long has gone. */
  readonly abandonedMs: number;
}

/** Text that is written while it is spoken: cut anywhere by the client, given out sentence by sentence or as it comes. */
export class TextFeed {
  private readonly segments = new BoundedQueue<TextSegment>({ maxBytes: Infinity });
  /** All that came, none of it torn within a character. */
  private readonly pieces: string[] = [];
  /** High surrogate whose other half has not come. */
  private half = '';
  private segmenter: TextSegmenter | undefined;
  private received = '';
  private ended = false;
  private failure: SpeechError | undefined;
  private idle: NodeJS.Timeout | undefined;
  private readonly abandoned: NodeJS.Timeout;
  private followers: (() => void)[] = [];

  constructor(private readonly options: TextFeedOptions) {
    this.abandoned = setTimeout(() => this.giveUp(), options.abandonedMs);
  }

  /** Everything received so far. */
  get text(): string {
    return this.received;
  }

  /** No more comes. */
  get complete(): boolean {
    return this.ended;
  }

  /** Throws `too_large`, `invalid_request` or, after the end, `conflict`; the text is then not taken. */
  push(text: string): void {
    if (this.ended) throw this.failure ?? textHasEnded();
    const { maxCharacters } = this.options;
    if (this.received.length + text.length > maxCharacters) {
      const message = `A speech has at most ${maxCharacters} characters (limits.max_characters).`;
      throw new SpeechError('too_large', message, { param: 'text' });
    }
    if (CONTROL_CHARACTER.test(text)) {
      throw new SpeechError('invalid_request', 'text holds a control character; remove it.', { param: 'text' });
    }
    this.received += text;
    this.abandoned.refresh();
    this.rearm();
    const arrived = this.half + text;
    this.half = /[\ud800-\udbff]$/.exec(arrived)?.[0] ?? '';
    this.add(arrived.slice(0, arrived.length - this.half.length));
  }

  private add(piece: string): void {
    if (piece === '') return;
    this.pieces.push(piece);
    if (this.segmenter) this.give(this.segmenter.push(piece));
    this.wakeFollowers();
  }

  /** Speaks what is there, whether a sentence or not. */
  flush(): void {
    clearTimeout(this.idle);
    if (this.ended || this.pieces.length === 0 || this.pieces.at(-1) === FLUSH) return;
    this.pieces.push(FLUSH);
    if (this.segmenter) this.give(this.segmenter.flush());
    this.wakeFollowers();
  }

  /** No more text comes. */
  end(): void {
    if (this.ended) return;
    this.add(this.half);
    this.stop();
    if (this.segmenter) this.finish(this.segmenter);
  }

  private finish(segmenter: TextSegmenter): void {
    this.give(segmenter.end());
    this.segments.end();
  }

  /**
   * For a provider that takes text as it is written: its pieces, an empty one for "speak what is there". Whoever asks
   * again gets all of them again. Throws what the text ended with.
   */
  asWritten(): AsyncIterable<string> {
    return { [Symbol.asyncIterator]: () => this.follow() };
  }

  private async *follow(): AsyncGenerator<string, void, undefined> {
    for (let next = 0; ; next += 1) {
      while (next === this.pieces.length && !this.ended) {
        await new Promise<void>((resolve) => this.followers.push(resolve));
      }
      const piece = this.pieces[next];
      if (piece === undefined) break;
      yield piece;
    }
    if (this.failure) throw this.failure;
    if (this.received.trim() === '') throw nothingToSay('text');
  }

  /** For all others; may be asked for once. */
  bySentence(segmenter: TextSegmenter): AsyncIterable<TextSegment> {
    this.segmenter = segmenter;
    for (const piece of this.pieces) this.give(piece === FLUSH ? segmenter.flush() : segmenter.push(piece));
    if (this.ended) this.finish(segmenter);
    return this.segments;
  }

  /** The speech is over: nothing is waited for any more. */
  close(): void {
    this.stop();
    this.segments.end();
  }

  private stop(): void {
    this.ended = true;
    clearTimeout(this.idle);
    clearTimeout(this.abandoned);
    this.wakeFollowers();
  }

  private wakeFollowers(): void {
    const followers = this.followers;
    this.followers = [];
    for (const wake of followers) wake();
  }

  private give(segments: readonly TextSegment[]): void {
    for (const segment of segments) this.segments.push(segment, segment.text.length);
  }

  private rearm(): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.flush(), this.options.idleMs);
  }

  private giveUp(): void {
    this.failure = new SpeechError('client_stalled', `No text came for ${this.options.abandonedMs} ms.`);
    this.stop();
    this.segments.fail(this.failure);
  }
}

/** What is said to text that comes too late. */
export function textHasEnded(): SpeechError {
  return new SpeechError('conflict', 'The text of this speech has ended.', { param: 'text' });
}
