import type { SpeechPart } from '../core/speech-part.js';

/** Where in the client's text a listener is. `source` says what it was read from. */
export interface SpokenPosition {
  /** UTF-16 offset: everything before it has been spoken. */
  readonly offset: number;
  readonly source: 'timings' | 'segments' | 'estimated';
}

interface Stretch {
  readonly startMs: number;
  readonly textStart: number;
  readonly textEnd: number;
}

/** Of speech at its own pace: about 14 characters a second. */
const USUAL_MS_PER_CHARACTER = 70;

/** Watches the parts of one speech and tells which text a length of audio has spoken. */
export class SpokenPositionTracker {
  private readonly words: { readonly endMs: number; readonly textEnd: number }[] = [];
  private readonly segments: Stretch[] = [];

  /** `growing`: length of the text of a speech whose one segment goes on as it is written. */
  constructor(private readonly growing?: () => number) {}

  take(part: SpeechPart): void {
    if (part.type === 'timing' && part.kind === 'word') this.words.push(part);
    else if (part.type === 'segment') {
      this.segments.push({ startMs: part.audioStartMs, textStart: part.textStart, textEnd: part.textEnd });
    }
  }

  /**
   * The last word that has ended, where the voice tells its words; else the end of a segment that was heard whole;
   * else a share of the segment under way, by the pace of the segments before it.
   */
  at(audioMs: number): SpokenPosition {
    const index = this.segments.findLastIndex(({ startMs }) => startMs <= audioMs);
    const current = this.segments[index];
    if (!current) return { offset: 0, source: 'segments' };
    const word = this.words.findLast(({ endMs }) => endMs <= audioMs);
    if (word && word.textEnd > current.textStart) return { offset: word.textEnd, source: 'timings' };
    if (this.words.length > 0 || audioMs === current.startMs) {
      return { offset: this.segments[index - 1]?.textEnd ?? 0, source: this.words.length > 0 ? 'timings' : 'segments' };
    }
    const spoken = Math.floor((audioMs - current.startMs) / this.msPerCharacter(index));
    const end = this.growing?.() ?? current.textEnd;
    return { offset: Math.min(end, current.textStart + spoken), source: 'estimated' };
  }

  private msPerCharacter(index: number): number {
    const first = this.segments[0];
    const current = this.segments[index];
    if (!first || !current || index === 0) return USUAL_MS_PER_CHARACTER;
    const characters = current.textStart - first.textStart;
    return characters > 0 ? (current.startMs - first.startMs) / characters : USUAL_MS_PER_CHARACTER;
  }
}
