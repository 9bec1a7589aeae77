import type { BitWriter } from './flac-bits.js';

const SAMPLE_BITS = 16;
const MAX_ORDER = 4;
const MAX_PARTITION_ORDER = 4;
/** 15 would mean "escape"; residuals of 16-bit sound at order 4 stay below 2^20, and the verbatim form bounds the cost. */
const MAX_RICE = 14;

/** One channel of one block in whichever form is the shortest: constant, fixed prediction, or as it is. */
export function writeSubframe(bits: BitWriter, block: Int16Array): void {
  if (block.every((sample) => sample === block[0])) {
    bits.write(0x00, 8);
    bits.write(block[0] ?? 0, SAMPLE_BITS);
    return;
  }
  const { order, residual } = bestPrediction(block);
  const plan = planPartitions(residual, block.length, order);
  if (plan.bits + order * SAMPLE_BITS >= block.length * SAMPLE_BITS) {
    bits.write(0x02, 8);
    for (const sample of block) bits.write(sample, SAMPLE_BITS);
    return;
  }
  bits.write(0x10 | (order << 1), 8);
  for (let i = 0; i < order; i++) bits.write(block[i] ?? 0, SAMPLE_BITS);
  writeResidual(bits, residual, plan, block.length, order);
}

interface Prediction {
  readonly order: number;
  /** `block.length` values; those below `order` are not used. */
  readonly residual: Int32Array;
}

/** Each order is the difference of the one before it; the one with the least sum of magnitudes wins. */
function bestPrediction(block: Int16Array): Prediction {
  let residual = new Int32Array(block);
  let best: Prediction = { order: 0, residual };
  let least = magnitude(residual, MAX_ORDER);
  for (let order = 1; order <= Math.min(MAX_ORDER, block.length - 1); order++) {
    const next = new Int32Array(block.length);
    for (let i = order; i < block.length; i++) next[i] = (residual[i] ?? 0) - (residual[i - 1] ?? 0);
    residual = next;
    const sum = magnitude(residual, MAX_ORDER);
    if (sum < least) {
      least = sum;
      best = { order, residual };
    }
  }
  return best;
}

function magnitude(values: Int32Array, from: number): number {
  let sum = 0;
  for (let i = from; i < values.length; i++) sum += Math.abs(values[i] ?? 0);
  return sum;
}

interface PartitionPlan {
  readonly order: number;
  readonly parameters: readonly number[];
  readonly bits: number;
}

/** The number of partitions (a power of two that divides the block) that costs the least. */
function planPartitions(residual: Int32Array, samples: number, predictor: number): PartitionPlan {
  let best = planOrder(residual, samples, predictor, 0);
  for (let order = 1; order <= MAX_PARTITION_ORDER; order++) {
    const size = samples / 2 ** order;
    if (!Number.isInteger(size) || size <= predictor) break;
    const plan = planOrder(residual, samples, predictor, order);
    if (plan.bits < best.bits) best = plan;
  }
  return best;
}

function planOrder(residual: Int32Array, samples: number, predictor: number, order: number): PartitionPlan {
  const parameters: number[] = [];
  let bits = 6;
  for (const [from, to] of partitions(samples, predictor, order)) {
    let sum = 0;
    for (let i = from; i < to; i++) sum += folded(residual[i] ?? 0);
    const count = to - from;
    const parameter = Math.min(MAX_RICE, Math.max(0, Math.floor(Math.log2(sum / count + 1e-9))));
    parameters.push(parameter);
    // Off by less than a bit a sample from the exact cost, which would take a second pass.
    bits += 4 + count * (parameter + 1) + sum / 2 ** parameter;
  }
  return { order, parameters, bits };
}

function writeResidual(
  bits: BitWriter,
  residual: Int32Array,
  plan: PartitionPlan,
  samples: number,
  predictor: number,
): void {
  bits.write(0, 2);
  bits.write(plan.order, 4);
  let index = 0;
  for (const [from, to] of partitions(samples, predictor, plan.order)) {
    const parameter = plan.parameters[index++] ?? 0;
    bits.write(parameter, 4);
    for (let i = from; i < to; i++) {
      const value = folded(residual[i] ?? 0);
      bits.unary(value >> parameter);
      if (parameter > 0) bits.write(value, parameter);
    }
  }
}

/** Ranges of the residual; the first is shorter by the warm-up samples. */
function* partitions(samples: number, predictor: number, order: number): Generator<readonly [number, number]> {
  const size = samples / 2 ** order;
  for (let part = 0; part < 2 ** order; part++) yield [part === 0 ? predictor : part * size, (part + 1) * size];
}

/** Signed to unsigned: 0, -1, 1, -2, … become 0, 1, 2, 3, … */
function folded(value: number): number {
  return (value << 1) ^ (value >> 31);
}
