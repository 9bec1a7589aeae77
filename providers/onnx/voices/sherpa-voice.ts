import type { OnnxModel } from '../graph/onnx-model.js';
import type { Frontend } from '../text/frontend.js';
import { clustersOf } from './id-map.js';
import { languageTag } from './language-tag.js';
import { numberedSpeakers } from './numbered-speakers.js';
import { fail, findBeside, number, readTokens } from './sidecar.js';
import type { VoiceFacts } from './voice-file.js';

/** A VITS model packaged for sherpa-onnx: its facts in the metadata of the graph, its symbols in tokens.txt. */
export function sherpaVoice(path: string, model: OnnxModel): VoiceFacts {
  const { metadata } = model;
  if (metadata.get('comment') === 'melo')
    fail('voices of MeloTTS need their own dictionaries, which are not supported');
  const frontend = sherpaFrontend(path, model);
  return {
    family: 'vits',
    frontend,
    sampleRateHz: number(metadata.get('sample_rate')) ?? fail('its metadata has no sample_rate'),
    languages: [languageTag(metadata.get('voice') ?? metadata.get('language')) ?? 'und'],
    speakers: numberedSpeakers(model, number(metadata.get('n_speakers')) ?? 1),
    defaultSpeaker: 0,
    noise: number(metadata.get('noise_scale')) ?? 0.667,
    noiseWidth: number(metadata.get('noise_scale_w')) ?? 0.8,
    pace: number(metadata.get('length_scale')) ?? 1,
    styleRow: 'none',
  };
}

export function sherpaFrontend(path: string, { metadata }: OnnxModel): Frontend {
  const tokens = findBeside(path, ['tokens.txt']) ?? fail('there is no tokens.txt beside it');
  const ids = readTokens(tokens);
  const voice = metadata.get('voice') ?? '';
  const isPiper = metadata.get('comment') === 'piper' || metadata.get('has_espeak') === '1';
  const isCharacters = metadata.get('frontend') === 'characters' || voice === '';
  const blank = number(metadata.get('blank_id')) ?? ids['_']?.[0] ?? 0;
  const framed = isPiper || metadata.get('use_eos_bos') === '1';
  return {
    source: isCharacters ? 'text' : 'espeak',
    espeakVoice: voice,
    style: isPiper ? 'piper' : 'plain',
    lowerCase: isCharacters && !Object.keys(ids).some((symbol) => /^\p{Lu}$/u.test(symbol)),
    encoding: {
      ids,
      clusters: clustersOf(ids),
      start: framed ? (ids['^'] ?? []) : [],
      end: framed ? (ids['$'] ?? []) : [],
      filler: isPiper ? 'after' : metadata.get('add_blank') === '1' ? 'around' : 'none',
      fillerId: blank,
      maxIds: 1000,
    },
  };
}
