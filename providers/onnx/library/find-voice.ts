import { SpeechError } from '../../../src/core/speech-error.js';
import type { StyleTerm } from '../voices/style-mix.js';
import type { Speaker, VoiceFile } from '../voices/voice-file.js';

/** A voice as a request named it. */
export interface ChosenVoice {
  /** As it stands in the list; of a mixture, as it was asked for. */
  readonly id: string;
  readonly file: VoiceFile;
  readonly speaker: Speaker;
  /** Styles to mix, of voices that have some. */
  readonly styles: readonly StyleTerm[];
}

interface Refused {
  readonly id: string;
  readonly reason: string;
}

/**
 * `model`, `model:speaker` by name or number, and for voices with styles a mixture, `model:a(2)+b(1)-c(0.5)`. The
 * model may be left out when there is one only with a speaker of that name. Throws `not_found`.
 */
export function findVoice(
  id: string,
  files: ReadonlyMap<string, VoiceFile>,
  refused: readonly Refused[],
  provider: string,
): ChosenVoice {
  const colon = id.indexOf(':');
  const model = colon < 0 ? id : id.slice(0, colon);
  const wanted = colon < 0 ? undefined : id.slice(colon + 1);
  const file = files.get(model);
  const found = file ? chooseSpeaker(id, file, wanted) : bySpeakerAlone(id, files);
  if (found) return found;
  const reason = refused.find((entry) => entry.id === model)?.reason;
  if (reason !== undefined)
    throw new SpeechError('unsupported', `${provider}/${id} cannot speak: ${reason}.`, { param: 'voice' });
  throw new SpeechError('not_found', `There is no voice ${provider}/${id}.`, { param: 'voice' });
}

function bySpeakerAlone(id: string, files: ReadonlyMap<string, VoiceFile>): ChosenVoice | undefined {
  const found = [...files.values()].flatMap((file) => chooseSpeaker(`${file.id}:${id}`, file, id) ?? []);
  return found.length === 1 ? found[0] : undefined;
}

function chooseSpeaker(id: string, file: VoiceFile, wanted: string | undefined): ChosenVoice | undefined {
  if (wanted === undefined) {
    const speaker = file.speakers[file.defaultSpeaker];
    return speaker && { id, file, speaker, styles: termsOf(speaker, 1) };
  }
  const speaker = speakerOf(file, wanted);
  if (speaker) return { id, file, speaker, styles: termsOf(speaker, 1) };
  return mixture(id, file, wanted);
}

function speakerOf({ speakers }: VoiceFile, wanted: string): Speaker | undefined {
  const name = wanted.toLowerCase();
  return (
    speakers.find((speaker) => speaker.name.toLowerCase() === name) ??
    (/^\d+$/.test(wanted) ? speakers.find(({ index }) => index === Number(wanted)) : undefined)
  );
}

function termsOf({ style }: Speaker, weight: number): StyleTerm[] {
  return style ? [{ style, weight }] : [];
}

const TERM = /([+-]?)\s*([^\s()+]+?)\s*(?:\(\s*(\d+(?:\.\d+)?)\s*\))?\s*(?=[+-]|$)/gy;

/** The speaker is the first of the mixture: it decides the language. */
function mixture(id: string, file: VoiceFile, wanted: string): ChosenVoice | undefined {
  const styles: StyleTerm[] = [];
  let first: Speaker | undefined;
  let reached = 0;
  for (const match of wanted.matchAll(TERM)) {
    const [whole, sign, name = '', weight = '1'] = match;
    if (whole === '') break;
    const speaker = speakerOf(file, name);
    if (!speaker?.style) return undefined;
    first ??= speaker;
    styles.push(...termsOf(speaker, Number(weight) * (sign === '-' ? -1 : 1)));
    reached = match.index + whole.length;
  }
  const total = styles.reduce((sum, { weight }) => sum + weight, 0);
  return first && reached === wanted.length && total > 0 ? { id, file, speaker: first, styles } : undefined;
}
