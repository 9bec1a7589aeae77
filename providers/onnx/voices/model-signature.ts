import type { OnnxModel } from '../graph/onnx-model.js';
import { ELEMENT } from '../graph/onnx-field.js';
import type { OnnxValue } from '../graph/onnx-part.js';
import type { InputRole, RecipeInput } from '../inference/inference-job.js';

/** What kind of graph it is, told by the names and types of its tensors alone. */
export type Signature = 'piper' | 'sherpa-vits' | 'mms' | 'style' | 'matcha' | 'matcha-sherpa' | 'vocoder';

const ROLES: Readonly<Record<Signature, Readonly<Record<string, InputRole>>>> = {
  piper: { input: 'ids', input_lengths: 'lengths', scales: 'scales3', sid: 'speaker', langid: 'language' },
  'sherpa-vits': {
    x: 'ids',
    x_length: 'lengths',
    x_lengths: 'lengths',
    noise_scale: 'noise',
    length_scale: 'pace',
    noise_scale_w: 'noise-width',
    sid: 'speaker',
    tones: 'mask',
  },
  mms: { input_ids: 'ids', attention_mask: 'mask' },
  style: { input_ids: 'ids', tokens: 'ids', style: 'style', speed: 'speed' },
  matcha: { x: 'ids', x_lengths: 'lengths', x_length: 'lengths', scales: 'scales2', spks: 'speaker' },
  'matcha-sherpa': {
    x: 'ids',
    x_length: 'lengths',
    x_lengths: 'lengths',
    noise_scale: 'noise',
    length_scale: 'pace',
    sid: 'speaker',
  },
  vocoder: {},
};
const INTEGERS: ReadonlySet<number> = new Set([ELEMENT.int64, ELEMENT.int32]);
const INTEGER_ROLES: ReadonlySet<InputRole> = new Set(['ids', 'lengths', 'mask', 'speaker', 'language']);

/** Throws in plain words when the graph is not one of a voice. */
export function signatureOf(model: OnnxModel): Signature {
  const has = (...names: readonly string[]): boolean =>
    names.every((name) => model.inputs.some((input) => input.name === name));
  if (has('input', 'input_lengths', 'scales')) return 'piper';
  if (has('style', 'speed') && (has('input_ids') || has('tokens'))) return 'style';
  if (has('input_ids', 'attention_mask')) return 'mms';
  if (has('x', 'scales')) return 'matcha';
  if (has('x', 'noise_scale', 'length_scale')) return has('noise_scale_w') ? 'sherpa-vits' : 'matcha-sherpa';
  const [only] = model.inputs;
  if (model.inputs.length === 1 && only?.elementType === ELEMENT.float && only.dims.length === 3) return 'vocoder';
  throw new Error(
    `no voice: nothing known has the inputs ${model.inputs.map(({ name }) => name).join(', ') || 'none'}`,
  );
}

/** What each input is for. Throws for one that is not known, or not of the type that its name promises. */
export function recipeInputs(model: OnnxModel, signature: Signature): RecipeInput[] {
  return model.inputs.map((input) => {
    const role = ROLES[signature][input.name];
    if (role === undefined) throw new Error(`its input "${input.name}" is not known`);
    checkType(input, role);
    return { name: input.name, role, elementType: input.elementType, rank: input.dims.length };
  });
}

function checkType({ name, elementType }: OnnxValue, role: InputRole): void {
  const fits = INTEGER_ROLES.has(role)
    ? INTEGERS.has(elementType)
    : elementType === ELEMENT.float || (role === 'speed' && INTEGERS.has(elementType));
  if (!fits) throw new Error(`its input "${name}" has element type ${elementType}, which it cannot have`);
}
