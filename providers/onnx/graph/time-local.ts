import type { GraphIndex } from './graph-index.js';
import { constantInts, intAttribute, intsAttribute, textAttribute } from './onnx-attribute.js';
import type { OnnxNode } from './onnx-part.js';

/** How far a value reaches to both sides, in steps of its own tensor. */
export interface Reach {
  readonly left: number;
  readonly right: number;
}

/**
 * A node whose output at one moment depends only on its inputs around that moment. Tensors are [1, channels, time].
 * `data`: the inputs that run along; `rate`: steps it makes of one; `reach` turns what is needed of its output, beyond
 * a range that begins and ends on whole input steps, into what is needed of `data`.
 */
export interface TimeLocal {
  readonly data: readonly string[];
  readonly rate: number;
  reach(needed: Reach): Reach;
}

const ELEMENTWISE = new Set(
  (
    'Abs Add Clip Cos Div Elu Erf Exp Identity LeakyRelu Log Max Min Mul Neg PRelu Pow Reciprocal Relu Sigmoid ' +
    'Sin Softplus Softsign Sqrt Sub Sum Tanh'
  ).split(' '),
);
const CHANNEL_AXES = [1, -2];

/** Undefined when the node looks further than a fixed distance, or along time in a way that is not known here. */
export function timeLocal(graph: GraphIndex, node: OnnxNode): TimeLocal | undefined {
  if (node.domain !== '' && node.domain !== 'ai.onnx') return undefined;
  if (ELEMENTWISE.has(node.opType)) return elementwise(graph, node);
  switch (node.opType) {
    case 'Conv':
      return convolution(graph, node);
    case 'ConvTranspose':
      return upsampling(graph, node);
    case 'Concat':
      return isChannelAxis(intAttribute(graph.model, node, 'axis')) ? along(node.inputs) : undefined;
    case 'Split':
      return isChannelAxis(intAttribute(graph.model, node, 'axis')) && restConstant(graph, node)
        ? along(node.inputs.slice(0, 1))
        : undefined;
    case 'Slice':
      return isChannelSlice(graph, node) ? along(node.inputs.slice(0, 1)) : undefined;
    case 'Gather':
      return isChannelGather(graph, node) ? along(node.inputs.slice(0, 1)) : undefined;
    default:
      return undefined;
  }
}

function along(data: readonly string[]): TimeLocal {
  return { data, rate: 1, reach: (needed) => needed };
}

/** A constant that varies along the last axis would be a different one at each moment. */
function elementwise(graph: GraphIndex, node: OnnxNode): TimeLocal | undefined {
  const constants = node.inputs.filter((input) => input !== '' && graph.isConstant(input));
  const steady = constants.every((input) => (graph.constantDims(input)?.at(-1) ?? 1) === 1 && isKnown(graph, input));
  return steady ? along(node.inputs.filter((input) => input !== '' && !constants.includes(input))) : undefined;
}

function isKnown(graph: GraphIndex, tensor: string): boolean {
  return graph.constantDims(tensor) !== undefined;
}

function convolution(graph: GraphIndex, node: OnnxNode): TimeLocal | undefined {
  const shape = windowOf(graph, node);
  if (!shape || shape.stride !== 1) return undefined;
  const { kernel, dilation, before, after } = shape;
  const span = (kernel - 1) * dilation;
  if (before + after !== span) return undefined;
  return {
    data: node.inputs.slice(0, 1),
    rate: 1,
    reach: ({ left, right }) => ({ left: left + before, right: right + after }),
  };
}

function upsampling(graph: GraphIndex, node: OnnxNode): TimeLocal | undefined {
  const shape = windowOf(graph, node);
  if (!shape) return undefined;
  const { kernel, stride, dilation, before, after } = shape;
  const extra = intsAttribute(graph.model, node, 'output_padding')?.[0] ?? 0;
  if (dilation !== 1 || before + after !== kernel - stride + extra || node.attributes.has('output_shape')) {
    return undefined;
  }
  return {
    data: node.inputs.slice(0, 1),
    rate: stride,
    reach: ({ left, right }) => ({
      left: Math.max(0, Math.floor((left + kernel - 1 - before) / stride)),
      right: Math.max(0, Math.floor((right - 1 + before) / stride) + 1),
    }),
  };
}

interface ConvWindow {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

function windowOf(graph: GraphIndex, node: OnnxNode): ConvWindow | undefined {
  const { model } = graph;
  const kernel = intsAttribute(model, node, 'kernel_shape');
  const pads = intsAttribute(model, node, 'pads') ?? [0, 0];
  const padding = textAttribute(model, node, 'auto_pad') ?? 'NOTSET';
  if (kernel?.length !== 1 || pads.length !== 2 || padding !== 'NOTSET' || !restConstant(graph, node)) return undefined;
  return {
    kernel: kernel[0] ?? 1,
    stride: intsAttribute(model, node, 'strides')?.[0] ?? 1,
    dilation: intsAttribute(model, node, 'dilations')?.[0] ?? 1,
    before: pads[0] ?? 0,
    after: pads[1] ?? 0,
  };
}

function restConstant(graph: GraphIndex, node: OnnxNode): boolean {
  return node.inputs.slice(1).every((input) => graph.isConstant(input));
}

function isChannelAxis(axis: number | undefined): boolean {
  return axis !== undefined && CHANNEL_AXES.includes(axis);
}

function isChannelSlice(graph: GraphIndex, node: OnnxNode): boolean {
  const { model } = graph;
  if (!restConstant(graph, node)) return false;
  const axesInput = node.inputs[3];
  const axes = axesInput
    ? constantInts(model, graph.producer(axesInput), axesInput)
    : intsAttribute(model, node, 'axes');
  return axes?.length === 1 && isChannelAxis(axes[0]);
}

/** A list of channels; a single number would take the axis away. */
function isChannelGather(graph: GraphIndex, node: OnnxNode): boolean {
  const indices = node.inputs[1];
  if (indices === undefined || !isChannelAxis(intAttribute(graph.model, node, 'axis'))) return false;
  return restConstant(graph, node) && graph.constantDims(indices)?.length === 1;
}
