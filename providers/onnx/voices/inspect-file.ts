import { statSync } from 'node:fs';
import { basename, dirname, relative, sep } from 'node:path';
import { fileSource } from '../graph/byte-source.js';
import { readOnnxModel, type OnnxModel } from '../graph/onnx-model.js';
import { canStream } from '../graph/split-model.js';
import { sequencesOf } from '../inference/sequences.js';
import type { ModelRecipe, VocoderRecipe } from '../inference/inference-job.js';
import { matchaVoice } from './matcha-voice.js';
import { mmsVoice } from './mms-voice.js';
import { recipeInputs, signatureOf, type Signature } from './model-signature.js';
import { piperVoice } from './piper-voice.js';
import { sherpaVoice } from './sherpa-voice.js';
import { fail } from './sidecar.js';
import { styleVoice } from './style-voice.js';
import type { Inspection, VoiceFacts } from './voice-file.js';

/** Says what a `.onnx` file is, by its tensors, and never throws: a file that is no voice is refused with the reason. */
export function inspectFile(root: string, path: string): Inspection {
  const id = voiceId(root, path);
  try {
    const source = fileSource(path);
    try {
      return inspect(path, id, readOnnxModel(source));
    } finally {
      source.close();
    }
  } catch (error) {
    return { kind: 'refused', path, id, reason: error instanceof Error ? error.message : String(error) };
  }
}

function inspect(path: string, id: string, model: OnnxModel): Inspection {
  const signature = signatureOf(model);
  if (signature === 'vocoder') return { kind: 'vocoder', path, vocoder: vocoderOf(path, model) };
  const inputs = recipeInputs(model, signature);
  const { description, hop, trimEnd = 0, ...facts } = factsOf(path, model, signature);
  const output = audioOutput(model, signature);
  const durations = durationsOf(model, facts.family);
  const recipe: ModelRecipe = {
    key: fileKey(path),
    path,
    bytes: statSync(path).size,
    inputs,
    output,
    durations,
    hop,
    cut: output !== 'mel' && canStream(model, sequencesOf(inputs), output),
    vocoder: undefined,
    trimEnd,
  };
  const title = description === undefined || description === '' ? id : `${id} (${description})`;
  return { kind: 'voice', path, voice: { ...facts, id, title, recipe, timed: durations !== 'none' } };
}

function factsOf(path: string, model: OnnxModel, signature: Exclude<Signature, 'vocoder'>): VoiceFacts {
  switch (signature) {
    case 'piper':
      return piperVoice(path, model);
    case 'sherpa-vits':
      return sherpaVoice(path, model);
    case 'mms':
      return mmsVoice(path);
    case 'style':
      return styleVoice(path, model);
    case 'matcha':
    case 'matcha-sherpa':
      return matchaVoice(path, model);
  }
}

const AUDIO_NAMES = ['output', 'y', 'waveform', 'audio', 'wav', 'audio_output', 'mel'];

function audioOutput(model: OnnxModel, signature: Signature): string {
  const named = AUDIO_NAMES.find((name) => model.outputs.some((output) => output.name === name));
  return (
    named ??
    (signature === 'style' ? model.outputs[0]?.name : undefined) ??
    fail('no output of it is known to be audio')
  );
}

function durationsOf(model: OnnxModel, family: VoiceFacts['family']): ModelRecipe['durations'] {
  if (family === 'kokoro') {
    const output = model.outputs.find(({ name }) => /dur/i.test(name))?.name;
    return output === undefined ? 'none' : { output };
  }
  if (family === 'kitten' || family === 'matcha') return 'none';
  return model.nodes.filter(({ opType }) => opType === 'Ceil').length === 1 ? 'rounding' : 'none';
}

function vocoderOf(path: string, model: OnnxModel): VocoderRecipe {
  const names = model.outputs.map(({ name }) => name);
  const spectrum = ['mag', 'x', 'y'].every((name) => names.includes(name));
  const input = model.inputs[0]?.name ?? '';
  const outputs = spectrum ? ['mag', 'x', 'y'] : names.slice(0, 1);
  const cut = !spectrum && canStream(model, [input], outputs[0] ?? '');
  return { path, bytes: statSync(path).size, input, outputs, kind: spectrum ? 'spectrum' : 'audio', cut };
}

/** Another one when the file has been replaced. */
function fileKey(path: string): string {
  const { size, mtimeMs, ino } = statSync(path);
  return `${path}:${size}:${mtimeMs}:${ino}`;
}

/** The file's name, or its folder's where files are all called `model`. */
function voiceId(root: string, path: string): string {
  const stem = basename(path).replace(/\.onnx$/i, '');
  const variant = /^model(?:[-_.](.+))?$/.exec(stem);
  const folders = relative(root, dirname(path))
    .split(sep)
    .filter((name) => name !== '' && name !== 'onnx');
  const folder = folders.at(-1);
  if (!variant || folder === undefined) return clean(stem);
  return clean(variant[1] === undefined ? folder : `${folder}-${variant[1]}`);
}

/** Ids stand in paths and in expressions that mix voices. */
function clean(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-');
}
