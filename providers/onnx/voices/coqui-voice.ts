import type { OnnxModel } from '../graph/onnx-model.js';
import { languageTag } from './language-tag.js';
import { fail, number, record, text, type Json } from './sidecar.js';
import { numberedSpeakers } from './numbered-speakers.js';
import type { VoiceFacts } from './voice-file.js';

/** Coqui's VITS export, with its config.json: pad, punctuation, letters and a blank, in this order. */
export function coquiVoice(config: Json, model: OnnxModel): VoiceFacts {
  const characters = record(config['characters']) ?? fail('its config has no characters');
  const ids = symbolIds(characters);
  const blank = Object.keys(ids).length;
  const args = record(config['model_args']);
  const spoken = config['use_phonemes'] === true;
  const language = text(config['phoneme_language']) ?? text(config['language']) ?? (spoken ? 'en-us' : undefined);
  const framed = config['enable_eos_bos_chars'] === true;
  const framing = (key: string): readonly number[] => (framed ? (ids[text(characters[key]) ?? ''] ?? []) : []);
  return {
    family: 'coqui',
    frontend: {
      source: spoken ? 'espeak' : 'text',
      espeakVoice: language ?? '',
      style: 'plain',
      lowerCase: !spoken && text(config['text_cleaner']) !== 'no_cleaners',
      encoding: {
        ids,
        clusters: [],
        start: framing('bos'),
        end: framing('eos'),
        filler: config['add_blank'] === false ? 'none' : 'around',
        fillerId: blank,
        maxIds: 1000,
      },
    },
    sampleRateHz: number(record(config['audio'])?.['sample_rate']) ?? fail('its config has no audio.sample_rate'),
    languages: [languageTag(language) ?? 'und'],
    speakers: numberedSpeakers(model, number(args?.['num_speakers']) ?? number(config['num_speakers']) ?? 1),
    defaultSpeaker: 0,
    noise: number(args?.['inference_noise_scale']) ?? 0.667,
    noiseWidth: number(args?.['inference_noise_scale_dp']) ?? 1,
    pace: number(args?.['length_scale']) ?? 1,
    styleRow: 'none',
  };
}

function symbolIds(characters: Json): Record<string, number[]> {
  const ids = Object.create(null) as Record<string, number[]>;
  const groups = ['punctuations', 'characters', 'phonemes'].map((key) => text(characters[key]) ?? '');
  for (const symbol of [text(characters['pad']) ?? '_', ...groups.flatMap((group) => Array.from(group))]) {
    ids[symbol] ??= [Object.keys(ids).length];
  }
  return ids;
}
