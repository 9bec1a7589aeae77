import type { SpeechPart } from '../core/speech-part.js';

/** Where in the client's text a listener is. `source` says what it was read from. */
export interface SpokenPosition {
  /** UTF-16 offset: everything before it has been spoken. */
  readonly offset: number;
  readonly source: 'timings' | 'segments';
}

/** Watches the parts of one speech and tells which text a length of audio has spoken. */
export class SpokenPositionTracker {
  private readonly words: { readonly endMs: number; readonly textEnd: number }[] = [];
  private readonly segments: { readonly startMs: number; readonly textStart: number; readonly textEnd: number }[] = [];

  take(part: SpeechPart): void {
    if (part.type === 'timing' && part.kind === 'word') this.words.push(part);
    else if (part.type === 'segment') {
      this.segments.push({ startMs: part.audioStartMs, textStart: part.textStart, textEnd: part.textEnd });
    }
  }

  /**
   * By word timings where there are any; else the segments that ended, and of the one under way nothing:
   * its share cannot be known before its length is.
   */
  at(audioMs: number): SpokenPosition {
    const word = this.words.findLast(({ endMs }) => endMs <= audioMs);
    if (word) return { offset: word.textEnd, source: 'timings' };
    const current = this.segments.findLast(({ startMs }) => startMs <= audioMs);
    return { offset: current?.textStart ?? 0, source: 'segments' };
  }
}
