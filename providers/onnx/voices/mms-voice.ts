import { dirname, join } from 'node:path';
import { vocabulary } from './id-map.js';
import { languageTag } from './language-tag.js';
import { fail, findBeside, number, readJson, record, text, type Json } from './sidecar.js';
import type { VoiceFacts } from './voice-file.js';

/** A VITS model of MMS in the layout of transformers.js: config, tokenizer and `onnx/model.onnx`. */
export function mmsVoice(path: string): VoiceFacts {
  const configPath = findBeside(path, ['config.json']) ?? fail('there is no config.json beside it');
  const config = readJson(configPath) ?? {};
  const folder = dirname(configPath);
  const tokenizer = readJson(join(folder, 'tokenizer_config.json')) ?? {};
  const ids = vocabularyOf(folder) ?? fail('there is no vocab.json or tokenizer.json beside it');
  return {
    family: 'mms',
    frontend: {
      source: 'text',
      espeakVoice: '',
      style: 'plain',
      lowerCase: tokenizer['normalize'] !== false,
      // The blank is id 0 whatever letter that is, around each character.
      encoding: {
        ids,
        clusters: [],
        start: [],
        end: [],
        filler: tokenizer['add_blank'] === false ? 'none' : 'around',
        fillerId: 0,
        maxIds: 1000,
      },
    },
    sampleRateHz: number(config['sampling_rate']) ?? fail('its config has no sampling_rate'),
    languages: [languageTag(text(tokenizer['language']) ?? languageOfName(config)) ?? 'und'],
    speakers: [{ name: '', index: 0 }],
    defaultSpeaker: 0,
    // Noise and pace are part of the graph.
    noise: 0,
    noiseWidth: 0,
    pace: 1,
    styleRow: 'none',
  };
}

function vocabularyOf(folder: string): Record<string, number[]> | undefined {
  const plain = readJson(join(folder, 'vocab.json'));
  if (plain) return vocabulary(plain);
  return vocabulary(record(readJson(join(folder, 'tokenizer.json'))?.['model'])?.['vocab']);
}

function languageOfName(config: Json): string | undefined {
  return /mms-tts-([a-z]{3})/.exec(text(config['_name_or_path']) ?? '')?.[1];
}
