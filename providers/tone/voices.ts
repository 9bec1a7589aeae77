import { SpeechError } from '../../src/core/speech-error.js';
import type { Voice } from '../../src/core/voice.js';
import { manifest } from './manifest.js';

function toneVoice(
  id: string,
  sampleRateHz: number,
  languages: readonly string[],
  gender: NonNullable<Voice['gender']>,
): Voice {
  return {
    id,
    name: `Tone ${id}`,
    languages,
    gender,
    description: `Test tones at ${sampleRateHz} Hz that carry the text.`,
    nativeFormat: 'pcm16',
    sampleRateHz,
    streaming: true,
    textStreaming: manifest.textStreaming,
    timings: manifest.timings,
    ssml: manifest.ssml,
    available: true,
  };
}

/** All sound the same but for their rates; they differ in what a test chooses voices by. */
export const voices: readonly Voice[] = [
  toneVoice('sine', 24_000, ['en-US', 'en'], 'neutral'),
  toneVoice('alto', 22_050, ['en-GB', 'en'], 'female'),
  toneVoice('bass', 16_000, ['de-DE', 'de'], 'male'),
  toneVoice('phone', 8000, ['en-US', 'es-ES', 'fr-FR', 'zh-CN'], 'neutral'),
  toneVoice('studio', 48_000, ['fr-FR', 'ja-JP', 'ar', 'hi-IN'], 'female'),
];

/** Throws `not_found` for an unknown voice and `unsupported` for a language that it does not speak. */
export function findVoice(provider: string, id: string | undefined, language: string | undefined): Voice {
  const voice = voices.find((one) => one.id === (id ?? 'sine'));
  if (!voice) throw new SpeechError('not_found', `There is no voice ${provider}/${id}.`, { param: 'voice' });
  if (language === undefined || voice.languages.some((tag) => overlaps(tag.toLowerCase(), language.toLowerCase()))) {
    return voice;
  }
  const message = `${provider}/${voice.id} speaks ${voice.languages.join(', ')}, not ${language}.`;
  throw new SpeechError('unsupported', message, { param: 'language' });
}

function overlaps(spoken: string, asked: string): boolean {
  return spoken === asked || spoken.startsWith(`${asked}-`) || asked.startsWith(`${spoken}-`);
}
