import { SpeechError } from '../../src/core/speech-error.js';
import type { SpeechRequest } from '../../src/core/speech-request.js';
import { ownOptions } from '../_shared/own-options.js';
import type { Settings } from './inference/feeds.js';
import type { ChosenVoice } from './library/find-voice.js';
import type { VoiceLibrary } from './library/voice-library.js';
import { manifest } from './manifest.js';
import { speechOptions, type OnnxOptions, type SpeechOptions } from './options.js';

export interface Accepted {
  readonly voice: ChosenVoice;
  readonly own: SpeechOptions;
  readonly warnings: readonly string[];
}

/** Refuses what cannot be spoken before anything is computed: `not_found`, `unsupported`, `invalid_request`. */
export async function acceptRequest(
  request: SpeechRequest,
  library: VoiceLibrary,
  provider: string,
): Promise<Accepted> {
  if (request.markup === 'ssml') {
    throw new SpeechError('unsupported', `${provider} does not read SSML.`, { param: 'ssml' });
  }
  if (request.text.length > manifest.maxCharacters) {
    const message = `${provider} takes at most ${manifest.maxCharacters} characters at once.`;
    throw new SpeechError('too_large', message, { param: 'text' });
  }
  const own = speechOptions.parse(ownOptions(speechOptions, request, manifest.type));
  const voice = await library.find(request.voice ?? (await defaultVoice(library, provider)));
  const spoken = voice.speaker.languages ?? voice.file.languages;
  if (request.language !== undefined && !speaks(spoken, request.language)) {
    const message = `${provider}/${voice.id} speaks ${spoken.join(', ')}, not ${request.language}.`;
    throw new SpeechError('unsupported', message, { param: 'language' });
  }
  return { voice, own, warnings: warningsFor(request, voice) };
}

/** Pace, noise and loudness of a request, for the voice's own values and those of the operator. */
export function settingsOf(
  { voice, own }: Accepted,
  request: SpeechRequest,
  options: OnnxOptions,
): Settings & { gain: number } {
  const { file, speaker } = voice;
  return {
    noise: own.noise ?? options.noise ?? file.noise,
    noiseWidth: own.noise_width ?? options.noise_width ?? file.noiseWidth,
    pace: file.pace / (request.speed * (speaker.speedPrior ?? 1)),
    speaker: speaker.index,
    language: own.language_id,
    seed: own.seed,
    gain: options.gain * (1 + request.volume / 100),
  };
}

async function defaultVoice(library: VoiceLibrary, provider: string): Promise<string> {
  const first = (await library.voices()).find(({ available }) => available);
  if (first) return first.id;
  throw new SpeechError('unavailable', `${provider} has no voices.`, { param: 'voice', retryable: false });
}

/** A wish may be wider (`en`) or narrower (`de-AT` for a voice that speaks `de`) than what the voice speaks. */
function speaks(languages: readonly string[], wanted: string): boolean {
  const wish = wanted.toLowerCase();
  return languages.some((language) => {
    const tag = language.toLowerCase();
    return tag === 'und' || tag === wish || tag.startsWith(`${wish}-`) || wish.startsWith(`${tag}-`);
  });
}

function warningsFor(request: SpeechRequest, { file }: ChosenVoice): string[] {
  const warnings: string[] = [];
  if (request.pitch !== 0) warnings.push('pitch: this voice has one pitch');
  if (request.instructions !== undefined) warnings.push('instructions: this voice takes none');
  if (request.voiceDescription !== undefined) warnings.push('voice_description: this voice takes none');
  if (request.timings !== 'none' && !file.timed) warnings.push('timings: this model tells no word timings');
  return warnings;
}
