import type { OnnxModel } from '../graph/onnx-model.js';
import type { Frontend } from '../text/frontend.js';
import { languageTag } from './language-tag.js';
import { numberedSpeakers } from './numbered-speakers.js';
import { sherpaFrontend } from './sherpa-voice.js';
import { findBeside, number } from './sidecar.js';
import { styleTtsVocabulary } from './style-symbols.js';
import type { VoiceFacts } from './voice-file.js';

/** Matcha: as its own exporter writes it, without a word about itself, or packaged for sherpa-onnx with metadata. */
export function matchaVoice(path: string, model: OnnxModel): VoiceFacts {
  const { metadata } = model;
  const packaged = findBeside(path, ['tokens.txt']) !== undefined;
  const voice = metadata.get('voice') ?? 'en-us';
  return {
    family: 'matcha',
    frontend: packaged ? { ...sherpaFrontend(path, model), style: 'plain' } : original(voice),
    sampleRateHz: number(metadata.get('sample_rate')) ?? 22_050,
    languages: [languageTag(voice) ?? 'und'],
    speakers: numberedSpeakers(model, number(metadata.get('n_speakers')) ?? 1),
    defaultSpeaker: 0,
    noise: 0.667,
    noiseWidth: 0,
    pace: 1,
    styleRow: 'none',
  };
}

function original(espeakVoice: string): Frontend {
  const ids = styleTtsVocabulary('_');
  const encoding = { ids, clusters: [], start: [], end: [], filler: 'around', fillerId: 0, maxIds: 800 } as const;
  return { source: 'espeak', espeakVoice, style: 'plain', lowerCase: false, encoding };
}
