import { abortable } from '../core/abort.js';
import type { SpeechError } from '../core/speech-error.js';
import type { SpeechTransform } from '../core/speech-handler.js';
import type { CompletePart, SpeechPart, SpeechStream } from '../core/speech-part.js';
import type { CallContext } from '../core/call-context.js';
import { createAudioMeter, type AudioMeter } from './audio-meter.js';
import type { HeardAudio } from './conversion.js';
import { incompleteAudio } from './incomplete-audio.js';
import { hasSayable, plausibleLength, type SpokenText } from './plausible-length.js';
import { sourceFormat } from './source-format.js';

export type { SpokenText } from './plausible-length.js';

/** Speech at a distance is at -50 dBFS; below this there is nothing to hear. */
const SILENCE_DBFS = -60;

/**
 * The verdict on a clip (contract, law 3), given while it passes: parts leave unchanged and at once, nothing is held
 * but counters. Before `complete` it throws `incomplete`, worth a retry, when
 * - the source ended without `complete`, or inside a frame or a container,
 * - the bytes are not the format that was announced, or hold no audio at all although there is something to say,
 * - the length cannot be that of the text, or the samples are silence; what is too long is not waited for to end.
 * Compressed audio is judged by its framing and length only; `assertHeard` judges it once it has been decoded.
 * A `complete` part without a length gets the one that was measured.
 */
export function judge(spoken: SpokenText): SpeechTransform {
  return (source, call) => judged(source, call, spoken);
}

async function* judged(source: SpeechStream, call: CallContext, spoken: SpokenText): AsyncGenerator<SpeechPart> {
  let meter: AudioMeter | undefined;
  let heardAny = false;
  let mostMs = 0;
  let complete: CompletePart | undefined;
  for await (const part of abortable(source, call.signal)) {
    if (part.type === 'start') meter = createAudioMeter(sourceFormat(part));
    if (part.type === 'segment' || part.type === 'seam') meter?.joint();
    if (part.type === 'audio') {
      heardAny ||= part.data.length > 0;
      meter?.push(part.data);
      // A flood has no end to be judged at. The bound is read again where it is reached: the text may have grown.
      if (meter && meter.audioMs > mostMs && meter.audioMs > (mostMs = longestMs(spoken))) throw tooLong();
    }
    if (part.type === 'complete') complete = part;
    else yield part;
  }
  if (complete === undefined) throw incompleteAudio('ended without its end mark');
  if (heardAny) meter?.end();
  const audioMs = heardAny ? (meter?.audioMs ?? 0) : 0;
  assertHeard(spoken, { audioMs, dbfs: heardAny ? meter?.dbfs : undefined });
  yield complete.audioMs > 0 ? complete : { ...complete, audioMs: Math.round(audioMs) };
}

function longestMs(spoken: SpokenText): number {
  return hasSayable(spoken) ? plausibleLength(spoken).maxMs : Infinity;
}

function tooLong(): SpeechError {
  return incompleteAudio('is far longer than the text');
}

/** Throws `incomplete` when this cannot be the text, all of it, aloud. Without `dbfs` the loudness is not judged. */
export function assertHeard(
  spoken: SpokenText,
  heard: { readonly audioMs: number; readonly dbfs?: HeardAudio['dbfs'] | undefined },
): void {
  if (!hasSayable(spoken)) return;
  if (heard.audioMs === 0) throw incompleteAudio('is empty');
  const { minMs, maxMs } = plausibleLength(spoken);
  if (heard.audioMs < minMs) throw incompleteAudio('is too short to be the whole text');
  if (heard.audioMs > maxMs) throw tooLong();
  if (heard.dbfs !== undefined && heard.dbfs < SILENCE_DBFS) throw incompleteAudio('is silence');
}
