import type { CallContext } from '../../core/call-context.js';
import { toSpeechError } from '../../core/speech-error.js';
import type { SpeechHandler, SpeechPolicy, SpeechTransform } from '../../core/speech-handler.js';
import type { SeamPart, SpeechPart } from '../../core/speech-part.js';
import type { SpeechRequest } from '../../core/speech-request.js';
import { fallsBack } from '../falls-back.js';
import { JoinedLegs, type Broken } from './joined-legs.js';
import { restOfPlainText, type Rest, type RestOfText } from './rest-of-text.js';
import type { ContinuationMode } from './spoken-text.js';

export interface ContinuationOptions {
  /**
   * What is said again after a break: `segment` the whole broken segment, `word` only the broken word, where the voice
   * tells its words (else a little more, and a warning says so). `off`: the speech ends in its error.
   */
  readonly mode: ContinuationMode;
  /** Brings a leg to mono `pcm16` at this rate; without a rate, at the leg's own. */
  readonly toPcm: (sampleRateHz: number | undefined) => SpeechTransform;
  /** Default: plain text is cut, SSML cannot be. Called once for each seam, in order. */
  readonly rest?: RestOfText;
  /** The client's text as far as it is written; default: that of the request. */
  readonly text?: () => string;
  /** Default 5. */
  readonly maxSeams?: number;
  /** Audio held back for a good join, default 60 ms. */
  readonly holdMs?: number;
  readonly onSeam?: (seam: SeamPart) => void;
}

/**
 * Never mute: when a speech breaks off after audio was delivered, what is left of the text is spoken by asking the
 * next handler again, which goes on with its next target (see `fallback`). One stream: same format and rate, loudness
 * matched, joined at a word edge or the quietest place, announced by `seam`, with times and offsets true to the
 * client's text. No word is lost, at most the broken one is said twice. When nobody can go on, the stream throws.
 */
export function continuation(options: ContinuationOptions): SpeechPolicy {
  if (options.mode === 'off') return (next) => next;
  return (next) => (request, call) => speakOn(next, request, call, options);
}

async function* speakOn(
  next: SpeechHandler,
  request: SpeechRequest,
  call: CallContext,
  options: ContinuationOptions,
): AsyncGenerator<SpeechPart, void, undefined> {
  const { mode, toPcm, onSeam, holdMs = 60, text = () => request.text } = options;
  // The words must be told to know where to go on, also where the client did not ask for them.
  const wished = mode === 'word' && request.timings === 'none' ? { ...request, timings: 'word' as const } : request;
  let rest: Rest = { request: wished, textStart: 0, toClientOffset: (offset) => offset };
  const joined = new JoinedLegs(wished, rest, { mode, holdMs, text, timings: request.timings !== 'none' });
  let broken: Broken | undefined;
  for (;;) {
    try {
      const leg = toPcm(joined.sampleRateHz ?? request.sampleRateHz)(next(rest.request, call), call);
      for await (const part of leg) {
        for (const out of joined.take(part)) {
          if (out.type === 'seam') onSeam?.(out);
          yield out;
        }
      }
      yield* joined.finish();
      return;
    } catch (thrown) {
      const error = toSpeechError(thrown);
      if (!joined.heard) {
        if (broken) yield* joined.giveUp(broken);
        throw error;
      }
      broken = yield* joined.broke(error.code);
      const left =
        mayGoOn(joined, options) && fallsBack(error, call.signal) ? cutRest(wished, broken, options) : undefined;
      if (!left) {
        yield* joined.giveUp(broken);
        throw error;
      }
      rest = left;
      joined.goOn(rest, broken);
    }
  }
}

function mayGoOn({ seams }: JoinedLegs, { maxSeams = 5 }: ContinuationOptions): boolean {
  return seams < maxSeams;
}

function cutRest(request: SpeechRequest, { to }: Broken, { rest = restOfPlainText }: ContinuationOptions) {
  return rest(request, to.offset);
}
