import { DIM, ELEMENT, GRAPH, MODEL, NODE, OPSET, SHAPE, TENSOR, TENSOR_TYPE, TYPE, VALUE } from './onnx-field.js';
import type { OnnxModel } from './onnx-model.js';
import type { OnnxNode } from './onnx-part.js';
import type { Span } from './protobuf-reader.js';
import { ProtobufWriter } from './protobuf-writer.js';

/** An input or output to be written. Without dimensions the runtime infers them, as it does for outputs. */
export interface ValueDeclaration {
  readonly name: string;
  readonly elementType?: number;
  readonly dims?: readonly (number | string)[];
}

export interface PartOfModel {
  /** Copied as they are, in order of execution, or written anew. */
  readonly nodes: readonly (OnnxNode | NewNode)[];
  /** Beside those of the original that the nodes read. */
  readonly tensors?: readonly NewTensor[];
  readonly inputs: readonly ValueDeclaration[];
  readonly outputs: readonly ValueDeclaration[];
}

export interface NewNode {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface NewTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly values: Float32Array | BigInt64Array;
}

/** Writes a model of some nodes of another, with the weights that they read. */
export function writePart(model: OnnxModel, part: PartOfModel): Buffer<ArrayBuffer> {
  const { source } = model;
  const copy = ({ start, end }: Span): Uint8Array => Buffer.from(source.bytes(start, end));
  const graph = new ProtobufWriter();
  const read = new Set<string>();
  for (const node of part.nodes) {
    for (const name of node.inputs) read.add(name);
    if ('span' in node) for (const name of node.captured) read.add(name);
    graph.bytes(GRAPH.node, 'span' in node ? copy(node.span) : writeNode(node));
  }
  graph.text(GRAPH.name, 'part');
  for (const { name, span } of model.initializers.values()) {
    if (read.has(name)) graph.bytes(GRAPH.initializer, copy(span));
  }
  for (const tensor of part.tensors ?? []) graph.bytes(GRAPH.initializer, writeTensor(tensor));
  for (const input of part.inputs) graph.bytes(GRAPH.input, writeValue(input));
  for (const output of part.outputs) graph.bytes(GRAPH.output, writeValue(output));
  const whole = new ProtobufWriter().varint(MODEL.irVersion, model.irVersion).message(MODEL.graph, graph);
  for (const [domain, version] of model.opsets) {
    whole.message(MODEL.opset, new ProtobufWriter().text(OPSET.domain, domain).varint(OPSET.version, version));
  }
  return whole.finish();
}

export function writeValue({ name, elementType, dims }: ValueDeclaration): Uint8Array {
  const value = new ProtobufWriter().text(VALUE.name, name);
  if (elementType === undefined) return value.finish();
  const tensor = new ProtobufWriter().varint(TENSOR_TYPE.elemType, elementType);
  if (dims) {
    const shape = new ProtobufWriter();
    for (const dim of dims) shape.message(SHAPE.dim, writeDim(dim));
    tensor.message(TENSOR_TYPE.shape, shape);
  }
  return value.message(VALUE.type, new ProtobufWriter().message(TYPE.tensor, tensor)).finish();
}

function writeDim(dim: number | string): ProtobufWriter {
  const writer = new ProtobufWriter();
  if (typeof dim === 'string') return writer.text(DIM.param, dim);
  return dim < 0 ? writer : writer.varint(DIM.value, dim);
}

function writeNode({ opType, inputs, outputs }: NewNode): Uint8Array {
  const node = new ProtobufWriter();
  for (const input of inputs) node.text(NODE.input, input);
  for (const output of outputs) node.text(NODE.output, output);
  return node.text(NODE.opType, opType).finish();
}

export function writeTensor({ name, dims, values }: NewTensor): Uint8Array {
  const tensor = new ProtobufWriter();
  for (const dim of dims) tensor.varint(TENSOR.dims, dim);
  return tensor
    .varint(TENSOR.dataType, values instanceof Float32Array ? ELEMENT.float : ELEMENT.int64)
    .text(TENSOR.name, name)
    .bytes(TENSOR.rawData, new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .finish();
}
