import { floatAttribute, intAttribute } from './onnx-attribute.js';
import { ELEMENT } from './onnx-field.js';
import type { OnnxModel } from './onnx-model.js';
import type { OnnxNode } from './onnx-part.js';
import type { NewNode, NewTensor, ValueDeclaration } from './model-writer.js';

/** Graph input: where in the table of noise a run begins, int64 [1], 0 to `NOISE_PERIOD` - 1. */
export const NOISE_OFFSET = 'tts_noise_offset';
/** Values in the table. A prime, so that no row of a tensor falls into step with it. */
export const NOISE_PERIOD = 65_521;

export interface SeededNodes {
  readonly nodes: readonly (OnnxNode | NewNode)[];
  readonly tensors: readonly NewTensor[];
  readonly inputs: readonly ValueDeclaration[];
  /** False when a node still draws at random, so that no two runs are alike. */
  readonly repeatable: boolean;
}

/**
 * Makes chance repeatable: the runtime's generators cannot be seeded for a single run, so `RandomNormalLike` and
 * `RandomUniformLike` become a look into a fixed table, from an offset that each run is given.
 */
export function seedNoise(model: OnnxModel, nodes: readonly OnnxNode[]): SeededNodes {
  let count = 0;
  let repeatable = true;
  const used = new Set<Distribution>();
  const written = nodes.flatMap((node): (OnnxNode | NewNode)[] => {
    const distribution = DISTRIBUTIONS[node.opType];
    if (distribution && isFloat(model, node)) {
      used.add(distribution);
      count += 1;
      return lookUp(model, node, distribution, count);
    }
    if (/^(Random|Multinomial|Bernoulli)/.test(node.opType)) repeatable = false;
    return [node];
  });
  if (count === 0) return { nodes, tensors: [], inputs: [], repeatable };
  return {
    nodes: written,
    tensors: [...used].map(tableOf).concat(integers(count), scalesOf(model, nodes)),
    inputs: [{ name: NOISE_OFFSET, elementType: ELEMENT.int64, dims: [1] }],
    repeatable,
  };
}

type Distribution = 'normal' | 'uniform';
const DISTRIBUTIONS: Readonly<Record<string, Distribution>> = {
  RandomNormalLike: 'normal',
  RandomUniformLike: 'uniform',
};

function isFloat(model: OnnxModel, node: OnnxNode): boolean {
  return (intAttribute(model, node, 'dtype') ?? ELEMENT.float) === ELEMENT.float;
}

function lookUp(model: OnnxModel, node: OnnxNode, distribution: Distribution, number: number): NewNode[] {
  const [like = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const at = (part: string): string => `tts_noise_${number}_${part}`;
  const flat: NewNode[] = [
    { opType: 'Shape', inputs: [like], outputs: [at('shape')] },
    { opType: 'Size', inputs: [like], outputs: [at('size')] },
    { opType: 'Range', inputs: ['tts_noise_0', at('size'), 'tts_noise_1'], outputs: [at('range')] },
    { opType: 'Add', inputs: [at('range'), NOISE_OFFSET], outputs: [at('moved')] },
    { opType: 'Add', inputs: [at('moved'), at('start')], outputs: [at('position')] },
    { opType: 'Mod', inputs: [at('position'), 'tts_noise_period'], outputs: [at('index')] },
    { opType: 'Gather', inputs: [`tts_noise_${distribution}`, at('index')], outputs: [at('flat')] },
  ];
  if (!isScaled(model, node)) {
    return [...flat, { opType: 'Reshape', inputs: [at('flat'), at('shape')], outputs: [output] }];
  }
  const name = scaleName(node);
  return [
    ...flat,
    { opType: 'Mul', inputs: [at('flat'), `${name}_factor`], outputs: [at('scaled')] },
    { opType: 'Add', inputs: [at('scaled'), `${name}_base`], outputs: [at('based')] },
    { opType: 'Reshape', inputs: [at('based'), at('shape')], outputs: [output] },
  ];
}

/** `base + factor · table` is the node's own distribution. */
function scaleOf(model: OnnxModel, node: OnnxNode): { factor: number; base: number } {
  const of = (name: string, otherwise: number): number => floatAttribute(model, node, name) ?? otherwise;
  if (DISTRIBUTIONS[node.opType] === 'normal') return { factor: of('scale', 1), base: of('mean', 0) };
  return { factor: of('high', 1) - of('low', 0), base: of('low', 0) };
}

function isScaled(model: OnnxModel, node: OnnxNode): boolean {
  const { factor, base } = scaleOf(model, node);
  return factor !== 1 || base !== 0;
}

function scaleName(node: OnnxNode): string {
  return `tts_noise_of_${node.outputs[0] ?? ''}`;
}

function scalesOf(model: OnnxModel, nodes: readonly OnnxNode[]): NewTensor[] {
  return nodes.flatMap((node) => {
    if (!DISTRIBUTIONS[node.opType] || !isFloat(model, node) || !isScaled(model, node)) return [];
    const { factor, base } = scaleOf(model, node);
    const name = scaleName(node);
    return [
      { name: `${name}_factor`, dims: [], values: Float32Array.of(factor) },
      { name: `${name}_base`, dims: [], values: Float32Array.of(base) },
    ];
  });
}

function integers(count: number): NewTensor[] {
  const scalar = (name: string, value: number): NewTensor => ({
    name,
    dims: [],
    values: BigInt64Array.of(BigInt(value)),
  });
  const starts = Array.from({ length: count }, (_, i) => scalar(`tts_noise_${i + 1}_start`, i * 7919));
  return [scalar('tts_noise_0', 0), scalar('tts_noise_1', 1), scalar('tts_noise_period', NOISE_PERIOD), ...starts];
}

const tables = new Map<Distribution, Float32Array>();

function tableOf(distribution: Distribution): NewTensor {
  const values = tables.get(distribution) ?? drawTable(distribution);
  tables.set(distribution, values);
  return { name: `tts_noise_${distribution}`, dims: [NOISE_PERIOD], values };
}

/** Always the same numbers, in every process. */
function drawTable(distribution: Distribution): Float32Array {
  const next = mulberry32(0x7475_7473);
  if (distribution === 'uniform') return Float32Array.from({ length: NOISE_PERIOD }, next);
  return Float32Array.from({ length: NOISE_PERIOD }, () => {
    // Box-Muller; 1 - x keeps the logarithm off zero.
    return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  });
}

/** Tommy Ettinger's 32-bit generator: small, fast, and good enough to be noise. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
