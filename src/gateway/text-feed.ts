import { BoundedQueue } from '../core/bounded-queue.js';
import { SpeechError } from '../core/speech-error.js';
import type { TextSegment } from '../text/text-segment.js';
import type { TextSegmenter } from '../text/text-segmenter.js';
import { CONTROL_CHARACTER } from './check-request.js';

const FLUSH = Symbol('flush');

export interface TextFeedOptions {
  /** Over the whole speech, in UTF-16 units. */
  readonly maxCharacters: number;
  /** Text that waits this long for more is spoken as it is. */
  readonly idleMs: number;
  /** A client that sends no text for so long has gone. */
  readonly abandonedMs: number;
}

/** Text that is written while it is spoken: cut anywhere by the client, given out sentence by sentence. */
export class TextFeed {
  private readonly segments = new BoundedQueue<TextSegment>({ maxBytes: Infinity });
  private readonly native = new BoundedQueue<string>({ maxBytes: Infinity });
  /** What came before anyone was there to cut it. */
  private readonly early: (string | typeof FLUSH)[] = [];
  private segmenter: TextSegmenter | undefined;
  private received = '';
  private ended = false;
  private idle: NodeJS.Timeout | undefined;
  private abandoned: NodeJS.Timeout;

  constructor(private readonly options: TextFeedOptions) {
    this.abandoned = setTimeout(() => this.giveUp(), options.abandonedMs);
  }

  /** Everything received so far. */
  get text(): string {
    return this.received;
  }

  /** Throws `too_large`, `invalid_request` or, after the end, `conflict`; the text is then not taken. */
  push(text: string): void {
    if (this.ended) throw new SpeechError('conflict', 'The text of this speech has ended.', { param: 'text' });
    if (this.received.length + text.length > this.options.maxCharacters) {
      throw new SpeechError(
        'too_large',
        `A speech has at most ${this.options.maxCharacters} characters (limits.max_characters).`,
        {
          param: 'text',
        },
      );
    }
    if (CONTROL_CHARACTER.test(text)) {
      throw new SpeechError('invalid_request', 'text holds a control character; remove it.', { param: 'text' });
    }
    this.received += text;
    this.abandoned.refresh();
    this.native.push(text, text.length);
    if (this.segmenter) this.give(this.segmenter.push(text));
    else this.early.push(text);
    this.rearm();
  }

  /** Speaks what is there, whether a sentence or not. */
  flush(): void {
    clearTimeout(this.idle);
    if (this.segmenter) this.give(this.segmenter.flush());
    else this.early.push(FLUSH);
  }

  /** No more text comes. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.idle);
    clearTimeout(this.abandoned);
    this.native.end();
    if (this.segmenter) this.finish(this.segmenter);
  }

  private finish(segmenter: TextSegmenter): void {
    this.give(segmenter.end());
    this.segments.end();
  }

  /** For a provider that takes text as it is written. */
  asWritten(): AsyncIterable<string> {
    return this.native;
  }

  /** For all others; may be asked for once. */
  bySentence(segmenter: TextSegmenter): AsyncIterable<TextSegment> {
    this.segmenter = segmenter;
    for (const text of this.early.splice(0)) this.give(text === FLUSH ? segmenter.flush() : segmenter.push(text));
    if (this.ended) this.finish(segmenter);
    return this.segments;
  }

  /** The speech is over: nothing is waited for any more. */
  close(): void {
    this.ended = true;
    clearTimeout(this.idle);
    clearTimeout(this.abandoned);
    this.segments.end();
    this.native.end();
  }

  private give(segments: readonly TextSegment[]): void {
    for (const segment of segments) this.segments.push(segment, segment.text.length);
  }

  private rearm(): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.flush(), this.options.idleMs);
  }

  private giveUp(): void {
    const error = new SpeechError('client_stalled', `No text came for ${this.options.abandonedMs} ms.`);
    this.ended = true;
    this.segments.fail(error);
    this.native.fail(error);
  }
}
