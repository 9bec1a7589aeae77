import type { TimingPart } from '../../core/speech-part.js';
import { nextWordStart, previousWordStart } from './rest-of-text.js';

export type ContinuationMode = 'segment' | 'word' | 'off';

/** A stretch of the client's text and where its audio begins. */
export interface Stretch {
  readonly textStart: number;
  readonly textEnd: number;
  readonly startMs: number;
}

/** What one leg had told when it broke off. Times are on the time line of the whole speech. */
export interface LegState {
  /** The stretch under way; audio of it was heard. */
  readonly current: Stretch;
  /** The last word of the current stretch that ended within the kept audio. */
  readonly lastWord: TimingPart | undefined;
  /** The voice tells its words, so one that it has not told of has not ended. */
  readonly tellsWords: boolean;
  /** The clip failed its verdict: its length tells nothing of the text. */
  readonly untrusted: boolean;
  /** End of the kept audio. */
  readonly endMs: number;
  /** Whether any of the current stretch's audio could be heard. */
  readonly audible: boolean;
  /** Pace of the stretches before, where there were any. */
  readonly msPerCharacter: number | undefined;
}

export interface SpokenTo {
  /** Where the next voice should begin, in the client's text. */
  readonly offset: number;
  /** It was judged by the length of the audio, not by what the voice told. */
  readonly estimated: boolean;
}

/** Of speech at its own pace: about 14 characters a second. */
const USUAL_MS_PER_CHARACTER = 70;

/**
 * Where to go on after a break. Never beyond what was surely heard: a word that is not known to have ended is said
 * again. By words the voice told; without them by the start of the stretch, or in `word` mode by the length of the audio,
 * held short by a tenth and a word. When every word was heard, the last one counts as broken: the end was not seen.
 */
export function spokenTo(text: string, mode: ContinuationMode, leg: LegState, speed: number): SpokenTo {
  const { current, lastWord, tellsWords } = leg;
  const start = { offset: current.textStart, estimated: false };
  if (mode === 'segment' || !leg.audible) return start;
  if (lastWord) return { offset: nextWordStart(text, lastWord.textEnd) ?? lastWord.textStart, estimated: false };
  if (tellsWords || leg.untrusted) return start;
  const msPerCharacter = leg.msPerCharacter ?? USUAL_MS_PER_CHARACTER / speed;
  const spoken = Math.floor(((leg.endMs - current.startMs) / msPerCharacter) * 0.9);
  const reached = Math.min(current.textEnd, current.textStart + spoken);
  const offset = previousWordStart(text, reached, current.textStart);
  return { offset, estimated: offset > current.textStart };
}
