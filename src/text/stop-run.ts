/** Inside of a character class: whatever may end a sentence, in any script. */
export const STOPS = '\\p{Sentence_Terminal}…‥';
/** Inside of a character class: line and paragraph ends. */
export const BREAKS = '\\n\\r\\v\\f\\u0085\\u2028\\u2029';

const EMOJI = '[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\p{Regional_Indicator}\\u200d\\ufe0f]';
// A quote that opens in one language closes in another; after a full-width stop the left ones open.
const CLOSERS = `(?<=[。！？｡．])["'”’)\\]」』）】》〉］]{0,64}|["'”’“‘»«)\\]}」』）】》〉］*_\`~]{0,64}`;
// "« Bonjour ! » dit-il": French closes after a space; a German »opens« right before a letter.
const SPACED_GUILLEMET = '(?:[ \\u00a0\\u202f]»(?![\\p{L}\\p{N}]))?';
// Every repetition is bounded, so that no text makes reading a run expensive.
const RUN = new RegExp(
  `(?<stops>.[${STOPS}]{0,63})(?<closers>(?:${CLOSERS})${SPACED_GUILLEMET})(?<emoji>(?:[ \\t]{0,3}${EMOJI}){0,64})`,
  'suy',
);
const AHEAD = new RegExp(`[^\\p{L}\\p{N}${BREAKS}]{0,8}(?<decisive>[\\p{L}\\p{N}${BREAKS}]?)`, 'uy');
const WORD_AHEAD = /[^\p{L}\p{N}]{0,8}(?<word>[\p{L}\p{M}]{1,20})(?<after>.?)/suy;
const BREAK = new RegExp(`^[${BREAKS}]$`, 'u');

/** One or more stops at one place, with what closes right after them and what follows. */
export interface StopRun {
  readonly stops: string;
  readonly closers: string;
  /** Offset after stops, closers and the emoji that belong to the sentence. */
  readonly end: number;
  /** White space or emoji follow the stops. */
  readonly gap: boolean;
  /** What follows, without white space, to the first letter or digit; empty where neither is near. */
  readonly next: string;
  /** The line ends here. */
  readonly beforeBreak: boolean;
}

/** Reads the run of stops at `at`. Undefined while text that may belong to it, or that decides on it, can still come. */
export function readStopRun(text: string, at: number, final: boolean): StopRun | undefined {
  const { stops = '', closers = '', emoji = '' } = groupsAt(RUN, text, at);
  const end = at + stops.length + closers.length + emoji.length;
  const { decisive = '' } = groupsAt(AHEAD, text, end);
  const aheadEnd = AHEAD.lastIndex;
  if (!final && decisive === '' && aheadEnd >= text.length) return undefined;
  const ahead = text.slice(end, aheadEnd);
  const beforeBreak = BREAK.test(decisive);
  return {
    stops,
    closers,
    end,
    gap: emoji !== '' || /^\s/.test(ahead),
    next: decisive === '' || beforeBreak ? '' : ahead.trimStart(),
    beforeBreak,
  };
}

/** The word after `at`, with the stop of an initial. Undefined while it may still go on; empty where there is none. */
export function wordAfter(text: string, at: number, final: boolean): string | undefined {
  const { word = '', after = '' } = groupsAt(WORD_AHEAD, text, at);
  if (after === '' && !final && WORD_AHEAD.lastIndex >= text.length) return undefined;
  return after === '.' ? `${word}.` : word;
}

/** Groups of a sticky pattern at one place; afterwards its `lastIndex` is where the match ended. */
function groupsAt(pattern: RegExp, text: string, at: number): Readonly<Record<string, string | undefined>> {
  pattern.lastIndex = at;
  return pattern.exec(text)?.groups ?? {};
}
