import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { OnnxModel } from '../graph/onnx-model.js';
import { vocabulary } from './id-map.js';
import { kokoroVocabulary, styleTtsVocabulary } from './style-symbols.js';
import { stylesIn } from './style-file.js';
import { fail, findBeside, number, readJson, readTokens, record, text, type Json } from './sidecar.js';
import type { Speaker, StyleSource, VoiceFacts } from './voice-file.js';

const RATE_HZ = 24_000;
/** First letter of a voice's name: language, and the voice of espeak that reads it. */
const LANGUAGES: Readonly<Record<string, readonly [tag: string, espeak: string]>> = {
  a: ['en-US', 'en-us'],
  b: ['en-GB', 'en-gb-x-rp'],
  e: ['es', 'es'],
  f: ['fr-FR', 'fr'],
  h: ['hi', 'hi'],
  i: ['it', 'it'],
  j: ['ja', 'ja'],
  p: ['pt-BR', 'pt-br'],
  z: ['zh', 'cmn'],
};

/** Kokoro and KittenTTS: graphs that take a style vector, whose rows lie in files of their own. */
export function styleVoice(path: string, model: OnnxModel): VoiceFacts {
  const configPath = findBeside(path, ['config.json']);
  const config = (configPath === undefined ? undefined : readJson(configPath)) ?? {};
  const isKitten = (text(config['type']) ?? '').startsWith('ONNX');
  const styles = findStyles(path, model, config);
  if (styles.size === 0) fail('there are no voices beside it: voices/<name>.bin, voices.bin or an .npz');
  return isKitten ? kitten(config, styles) : kokoro(path, config, styles);
}

function kokoro(path: string, config: Json, styles: ReadonlyMap<string, StyleSource>): VoiceFacts {
  const speakers = [...styles].map(([name, style], index): Speaker => {
    const [tag, espeakVoice] = LANGUAGES[name[0] ?? ''] ?? ['en-US', 'en-us'];
    const sex = name[1] === 'f' ? 'female' : name[1] === 'm' ? 'male' : undefined;
    return { name, index, style, languages: [tag], espeakVoice, ...(sex !== undefined && { gender: sex }) };
  });
  const ids = kokoroIds(path, config);
  return {
    ...common('kokoro', speakers),
    frontend: {
      source: 'espeak',
      espeakVoice: 'en-us',
      style: 'kokoro',
      lowerCase: false,
      encoding: framed(ids, [0], 512),
    },
    hop: 600,
  };
}

function kitten(config: Json, styles: ReadonlyMap<string, StyleSource>): VoiceFacts {
  const aliases = new Map(
    Object.entries(record(config['voice_aliases']) ?? {}).map(([alias, name]) => [text(name), alias]),
  );
  const priors = record(config['speed_priors']) ?? {};
  const speakers = [...styles].map(([name, style], index): Speaker => {
    const prior = number(priors[name]);
    return { name: aliases.get(name) ?? name, index, style, ...(prior !== undefined && { speedPrior: prior }) };
  });
  const hasRows = [...styles.values()].some(({ rows }) => rows > 1);
  const ids = styleTtsVocabulary('$');
  return {
    ...common('kitten', speakers),
    frontend: {
      source: 'espeak',
      espeakVoice: 'en-us',
      style: 'kitten',
      lowerCase: false,
      encoding: framed(ids, hasRows ? [10, 0] : [0], 400),
    },
    trimEnd: 5000,
  };
}

function common(family: 'kokoro' | 'kitten', speakers: readonly Speaker[]): Omit<VoiceFacts, 'frontend'> {
  return {
    family,
    sampleRateHz: RATE_HZ,
    languages: ['en-US'],
    speakers,
    defaultSpeaker: 0,
    noise: 0,
    noiseWidth: 0,
    pace: 1,
    styleRow: 'ids',
  };
}

function framed(
  ids: Readonly<Record<string, readonly number[]>>,
  end: readonly number[],
  maxIds: number,
): VoiceFacts['frontend']['encoding'] {
  return { ids, clusters: [], start: [0], end, filler: 'none', fillerId: 0, maxIds };
}

function kokoroIds(path: string, config: Json): Record<string, number[]> {
  const tokens = findBeside(path, ['tokens.txt']);
  if (tokens !== undefined) return readTokens(tokens);
  const tokenizer = findBeside(path, ['tokenizer.json']);
  const model = tokenizer === undefined ? undefined : record(readJson(tokenizer)?.['model']);
  return vocabulary(config['vocab']) ?? vocabulary(model?.['vocab']) ?? kokoroVocabulary();
}

/** In `voices/`, one file each; beside the model, an archive or one file for all. */
function findStyles(path: string, model: OnnxModel, config: Json): Map<string, StyleSource> {
  const folder = dirname(path);
  const found = new Map<string, StyleSource>();
  for (const place of basename(folder) === 'onnx' ? [folder, dirname(folder)] : [folder]) {
    for (const file of filesIn(join(place, 'voices'), /\.(bin|npy)$/)) {
      for (const style of stylesIn(file).values()) found.set(basename(file).replace(/\.\w+$/, ''), style);
    }
    const wanted = text(config['voices']);
    for (const file of filesIn(place, /^(?=.*voices).*\.(bin|npz)$|\.npz$/)) {
      if (wanted !== undefined && basename(file) !== basename(wanted)) continue;
      for (const [name, style] of stylesIn(file, sharedLayout(file, model))) found.set(name, style);
    }
  }
  return found;
}

/** A raw file of all voices has its layout in the graph's metadata. */
function sharedLayout(file: string, { metadata }: OnnxModel): { names: string[]; rows: number } | undefined {
  const names = (metadata.get('speaker_names') ?? '').split(',').filter((name) => name !== '');
  const rows = number((metadata.get('style_dim') ?? '').split(',')[0]) ?? 510;
  return file.endsWith('.bin') && names.length > 0 ? { names, rows } : undefined;
}

function filesIn(folder: string, pattern: RegExp): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(folder, name));
}
