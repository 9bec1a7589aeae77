import type { ByteSource } from './byte-source.js';
import { ATTRIBUTE, DIM, GRAPH, NODE, SHAPE, TENSOR, TENSOR_TYPE, TYPE, VALUE } from './onnx-field.js';
import { packedNumbers, protobufFields, signed, text, type ProtobufField, type Span } from './protobuf-reader.js';

export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  /** Tensors read; an input left out is an empty string. */
  readonly inputs: readonly string[];
  /** Tensors that the graphs inside its attributes (branches, loop bodies) may read. */
  readonly captured: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Span>;
  readonly span: Span;
}

export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly elementType: number;
  /** The values are in another file. */
  readonly external: boolean;
  readonly span: Span;
}

/** An input or output of the graph. A dimension is a number, a name, or -1 where nothing is said. */
export interface OnnxValue {
  readonly name: string;
  readonly elementType: number;
  readonly dims: readonly (number | string)[];
  readonly span: Span;
}

const MAX_DEPTH = 8;
const MAX_RANK = 16;

export function readNode(source: ByteSource, span: Span, depth = 0): OnnxNode {
  if (depth > MAX_DEPTH) throw new Error('graphs inside graphs, too deep');
  const inputs: string[] = [];
  const outputs: string[] = [];
  const captured: string[] = [];
  const attributes = new Map<string, Span>();
  let name = '';
  let opType = '';
  let domain = '';
  for (const field of protobufFields(source, span)) {
    if (field.number === NODE.input) inputs.push(text(source, field));
    else if (field.number === NODE.output) outputs.push(text(source, field));
    else if (field.number === NODE.name) name = text(source, field);
    else if (field.number === NODE.opType) opType = text(source, field);
    else if (field.number === NODE.domain) domain = text(source, field);
    else if (field.number === NODE.attribute) {
      attributes.set(attributeName(source, field), { start: field.start, end: field.end });
      captured.push(...innerReads(source, field, depth));
    }
  }
  return { name, opType, domain, inputs, outputs, captured, attributes, span: { start: span.start, end: span.end } };
}

function attributeName(source: ByteSource, span: Span): string {
  for (const field of protobufFields(source, span)) if (field.number === ATTRIBUTE.name) return text(source, field);
  return '';
}

/** Names that the subgraphs of an attribute read, their own tensors among them, which does no harm. */
function innerReads(source: ByteSource, attribute: Span, depth: number): string[] {
  const names: string[] = [];
  for (const graph of protobufFields(source, attribute)) {
    if (graph.wire !== 2 || (graph.number !== ATTRIBUTE.g && graph.number !== ATTRIBUTE.graphs)) continue;
    for (const field of protobufFields(source, graph)) {
      if (field.wire !== 2) continue;
      if (field.number === GRAPH.output) names.push(readValue(source, field).name);
      if (field.number !== GRAPH.node) continue;
      const node = readNode(source, field, depth + 1);
      names.push(...node.inputs, ...node.captured);
    }
  }
  return names;
}

export function readTensor(source: ByteSource, span: Span): OnnxTensor {
  const dims: number[] = [];
  let name = '';
  let elementType = 0;
  let external = false;
  for (const field of protobufFields(source, span)) {
    if (field.number === TENSOR.dims) dims.push(...dimsOf(source, field));
    else if (field.number === TENSOR.dataType) elementType = signed(field);
    else if (field.number === TENSOR.name) name = text(source, field);
    else if (field.number === TENSOR.externalData) external = true;
    else if (field.number === TENSOR.dataLocation && field.wire === 0) external ||= signed(field) !== 0;
    if (dims.length > MAX_RANK) throw new Error(`a tensor of more than ${MAX_RANK} dimensions`);
  }
  return { name, dims, elementType, external, span: { start: span.start, end: span.end } };
}

function dimsOf(source: ByteSource, field: ProtobufField): number[] {
  if (field.end - field.start > MAX_RANK * 10) throw new Error(`a tensor of more than ${MAX_RANK} dimensions`);
  return [...packedNumbers(source, field)];
}

export function readValue(source: ByteSource, span: Span): OnnxValue {
  let name = '';
  let elementType = 0;
  let dims: (number | string)[] = [];
  for (const field of protobufFields(source, span)) {
    if (field.number === VALUE.name) name = text(source, field);
    if (field.number !== VALUE.type) continue;
    for (const type of protobufFields(source, field)) {
      if (type.number !== TYPE.tensor) continue;
      for (const part of protobufFields(source, type)) {
        if (part.number === TENSOR_TYPE.elemType) elementType = signed(part);
        else if (part.number === TENSOR_TYPE.shape) dims = readShape(source, part);
      }
    }
  }
  return { name, elementType, dims, span: { start: span.start, end: span.end } };
}

function readShape(source: ByteSource, span: Span): (number | string)[] {
  const dims: (number | string)[] = [];
  for (const dim of protobufFields(source, span)) {
    if (dim.number !== SHAPE.dim) continue;
    let value: number | string = -1;
    for (const field of protobufFields(source, dim)) {
      if (field.number === DIM.value) value = signed(field);
      else if (field.number === DIM.param) value = text(source, field);
    }
    dims.push(value);
    if (dims.length > MAX_RANK) throw new Error(`a value of more than ${MAX_RANK} dimensions`);
  }
  return dims;
}
