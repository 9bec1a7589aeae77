import { existsSync } from 'node:fs';
import type { OnnxModel } from '../graph/onnx-model.js';
import type { Encoding, Frontend } from '../text/frontend.js';
import { coquiVoice } from './coqui-voice.js';
import { clustersOf, idMap } from './id-map.js';
import { languageTag } from './language-tag.js';
import { sherpaVoice } from './sherpa-voice.js';
import { fail, findBeside, number, readJson, record, text, type Json } from './sidecar.js';
import type { Speaker, VoiceFacts } from './voice-file.js';

/** A graph with Piper's inputs: Piper's own, Coqui's export, or one that was packaged with its facts inside. */
export function piperVoice(path: string, model: OnnxModel): VoiceFacts {
  const config = readJson(`${path}.json`) ?? readJson(path.replace(/\.onnx$/i, '.json'));
  if (config?.['phoneme_id_map'] !== undefined) return fromConfig(config, model);
  const coqui = config?.['characters'] === undefined ? coquiConfig(path) : config;
  if (coqui || model.inputs.some(({ name }) => name === 'langid')) {
    return coquiVoice(coqui ?? fail('it has the inputs of a Coqui voice, and no config.json beside it'), model);
  }
  if (config) return fail('its config has no phoneme_id_map');
  if (model.metadata.has('sample_rate')) return sherpaVoice(path, model);
  return fail(`there is no ${path.split('/').at(-1) ?? ''}.json beside it`);
}

function coquiConfig(path: string): Json | undefined {
  const found = findBeside(path, ['config.json']);
  const config = found !== undefined && existsSync(found) ? readJson(found) : undefined;
  return config?.['characters'] === undefined ? undefined : config;
}

function fromConfig(config: Json, model: OnnxModel): VoiceFacts {
  const inference = record(config['inference']);
  const language = record(config['language']);
  const frontend = frontendOf(config);
  const speakers = speakersOf(config, model);
  const code = text(language?.['code']) ?? frontend.espeakVoice;
  return {
    family: 'piper',
    frontend,
    sampleRateHz: sampleRate(config),
    languages: [languageTag(code) ?? 'und'],
    speakers,
    defaultSpeaker: Math.min(speakers.length - 1, Math.max(0, number(config['default_speaker_id']) ?? 0)),
    noise: number(inference?.['noise_scale']) ?? 0.667,
    noiseWidth: number(inference?.['noise_w']) ?? 0.8,
    pace: number(inference?.['length_scale']) ?? 1,
    styleRow: 'none',
    hop: number(config['hop_length']),
    description: [text(language?.['name_english']), text(language?.['country_english']), text(config['dataset'])]
      .filter(Boolean)
      .join(', '),
  };
}

/** One public voice carries a rate that does not exist. The label of the quality says nothing about the rate. */
function sampleRate(config: Json): number {
  const rate = number(record(config['audio'])?.['sample_rate']) ?? fail('its config has no audio.sample_rate');
  if (rate < 4000 || rate > 192_000) fail(`its sample rate is ${rate} Hz`);
  return rate === 22_500 ? 22_050 : rate;
}

function frontendOf(config: Json): Frontend {
  const ids = idMap(config['phoneme_id_map'], number(config['num_symbols']));
  const type = text(config['phoneme_type']) ?? 'espeak';
  if (type !== 'espeak' && type !== 'text' && type !== 'pinyin') fail(`its phoneme type "${type}" is not supported`);
  const source = type;
  const voice = text(record(config['espeak'])?.['voice']) ?? text(config['lang_code']);
  if (source === 'espeak' && voice === undefined) fail('its config names no espeak voice');
  return {
    source,
    espeakVoice: voice ?? '',
    style: 'piper',
    lowerCase: false,
    encoding: encodingOf(ids, config, source),
  };
}

function encodingOf(ids: Record<string, number[]>, config: Json, source: Frontend['source']): Encoding {
  const pad = ids['_']?.[0] ?? 0;
  return {
    ids,
    clusters: clustersOf(ids, config),
    start: ids['^'] ?? [1],
    end: ids['$'] ?? [2],
    filler: source === 'pinyin' ? 'syllable' : 'after',
    fillerId: pad,
    maxIds: 1000,
  };
}

function speakersOf(config: Json, model: OnnxModel): Speaker[] {
  const takesSpeaker = model.inputs.some(({ name }) => name === 'sid');
  const count = Math.max(1, number(config['num_speakers']) ?? 1);
  if (!takesSpeaker || count === 1) return [{ name: '', index: 0 }];
  const names = new Map(
    Object.entries(record(config['speaker_id_map']) ?? {}).map(([name, index]) => [number(index), name]),
  );
  return Array.from({ length: Math.min(count, 10_000) }, (_, index) => ({
    name: names.get(index) ?? String(index),
    index,
  }));
}
