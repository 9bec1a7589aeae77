import type { SegmentPart, TimingPart } from '../../core/speech-part.js';
import type { LoudnessMatch } from './loudness-match.js';
import { PcmSamples } from './pcm-samples.js';
import type { Rest } from './rest-of-text.js';
import type { Stretch } from './spoken-text.js';

/** Announced at the first audio of the leg that follows a break. */
export interface Join {
  readonly from: string;
  readonly reason: string;
  readonly estimated: boolean;
  /** Last samples of the voice before, still to be faded into the new one. */
  readonly faded: Int16Array;
}

/** What one target has said of the speech, as far as its parts have come. */
export class Leg {
  readonly samples = new PcmSamples();
  /** Full voice id. */
  voice = '';
  /** Audio of it has come. */
  heard = false;
  /** Any of the current stretch's audio could be heard. */
  audible = false;
  tellsWords = false;
  lastWord: TimingPart | undefined;
  /** Announced, but no audio of it has come. */
  pending: SegmentPart | undefined;
  /** Those whose audio has not left yet, on the time line of the whole speech. */
  timings: TimingPart[] = [];
  private paceMs = 0;
  private paceCharacters = 0;

  constructor(
    readonly rest: Rest,
    /** Where its audio begins on the time line of the whole speech. */
    readonly baseMs: number,
    /** Number of its first segment. */
    readonly firstSegment: number,
    public current: Stretch,
    readonly match: LoudnessMatch | undefined,
    public join: Join | undefined,
  ) {}

  /** Milliseconds a character over the stretches that are finished. */
  get msPerCharacter(): number | undefined {
    return this.paceCharacters === 0 ? undefined : this.paceMs / this.paceCharacters;
  }

  moveTiming(part: TimingPart): TimingPart {
    const { rest, baseMs } = this;
    return {
      ...part,
      startMs: Math.round(baseMs + part.startMs),
      endMs: Math.round(baseMs + part.endMs),
      textStart: rest.toClientOffset(part.textStart),
      textEnd: rest.toClientOffset(part.textEnd),
    };
  }

  announce(part: SegmentPart): void {
    const { rest, firstSegment } = this;
    this.pending = {
      ...part,
      index: firstSegment + part.index,
      textStart: rest.toClientOffset(part.textStart),
      textEnd: rest.toClientOffset(part.textEnd),
    };
  }

  /** The announced segment begins at `startMs`; undefined when none is announced. */
  begin(startMs: number): SegmentPart | undefined {
    const segment = this.pending && { ...this.pending, audioStartMs: Math.round(startMs) };
    if (!segment) return undefined;
    if (this.heard) {
      this.paceMs += startMs - this.current.startMs;
      this.paceCharacters += this.current.textEnd - this.current.textStart;
    }
    this.pending = undefined;
    this.current = { textStart: segment.textStart, textEnd: segment.textEnd, startMs };
    this.audible = false;
    if (this.lastWord && this.lastWord.textStart < segment.textStart) this.lastWord = undefined;
    return segment;
  }

  /** Takes out the timings that have ended at `ms`; their last word is remembered. */
  ended(ms: number): TimingPart[] {
    const due = this.timings.filter(({ endMs }) => endMs <= ms);
    if (due.length === 0) return due;
    this.timings = this.timings.filter(({ endMs }) => endMs > ms);
    this.lastWord = due.findLast(({ kind }) => kind === 'word') ?? this.lastWord;
    return due;
  }
}
