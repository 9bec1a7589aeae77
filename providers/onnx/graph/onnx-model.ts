import type { ByteSource } from './byte-source.js';
import { GRAPH, METADATA, MODEL, OPSET } from './onnx-field.js';
import { readNode, readTensor, readValue, type OnnxNode, type OnnxTensor, type OnnxValue } from './onnx-part.js';
import { protobufFields, signed, text, type ProtobufField, type Span } from './protobuf-reader.js';

/** What a model file says of itself. Spans lead back to the bytes, so that parts can be copied as they are. */
export interface OnnxModel {
  readonly source: ByteSource;
  readonly irVersion: number;
  /** By domain; the standard operators have the empty domain. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
  /** Without those that are initializers (old exports list them as inputs too). */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

const MAX_NODES = 200_000;
const MAX_TENSORS = 200_000;

/**
 * Reads the structure of a model, not its weights. Throws an Error that says in plain words why a file is not a model
 * that can be trusted: cut short, not ONNX, weights in other files (whose paths could lead anywhere).
 */
export function readOnnxModel(source: ByteSource): OnnxModel {
  const whole = { start: 0, end: source.size };
  let irVersion = 0;
  let graph: Span | undefined;
  const opsets = new Map<string, number>();
  const metadata = new Map<string, string>();
  for (const field of protobufFields(source, whole)) {
    if (field.number === MODEL.irVersion && field.wire === 0) irVersion = signed(field);
    else if (field.wire !== 2) continue;
    else if (field.number === MODEL.graph) graph = onlyGraph(graph, field);
    else if (field.number === MODEL.opset) readOpset(source, field, opsets);
    else if (field.number === MODEL.metadata) readMetadata(source, field, metadata);
  }
  if (!graph || irVersion === 0) throw new Error('not an ONNX model: it holds no graph');
  return { source, irVersion, opsets, metadata, ...readGraph(source, graph) };
}

function onlyGraph(known: Span | undefined, field: ProtobufField): Span {
  if (known) throw new Error('the file holds more than one graph');
  return field;
}

function readGraph(source: ByteSource, span: Span): Pick<OnnxModel, 'nodes' | 'initializers' | 'inputs' | 'outputs'> {
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, OnnxTensor>();
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  for (const field of protobufFields(source, span)) {
    if (field.wire !== 2) continue;
    if (field.number === GRAPH.node) nodes.push(readNode(source, field));
    else if (field.number === GRAPH.initializer) {
      const tensor = readTensor(source, field);
      if (tensor.external) throw new Error(`its weights are in another file (tensor ${tensor.name})`);
      initializers.set(tensor.name, tensor);
    } else if (field.number === GRAPH.input) inputs.push(readValue(source, field));
    else if (field.number === GRAPH.output) outputs.push(readValue(source, field));
    else if (field.number === GRAPH.sparse) throw new Error('it has sparse weights');
    if (nodes.length > MAX_NODES || initializers.size > MAX_TENSORS) throw new Error('the graph is too large');
  }
  if (nodes.length === 0 || outputs.length === 0) throw new Error('the graph is empty');
  return { nodes, initializers, inputs: inputs.filter(({ name }) => !initializers.has(name)), outputs };
}

function readOpset(source: ByteSource, span: Span, into: Map<string, number>): void {
  let domain = '';
  let version = 0;
  for (const field of protobufFields(source, span)) {
    if (field.number === OPSET.domain) domain = text(source, field);
    else if (field.number === OPSET.version) version = signed(field);
  }
  into.set(domain, version);
}

function readMetadata(source: ByteSource, span: Span, into: Map<string, string>): void {
  let key = '';
  let value = '';
  for (const field of protobufFields(source, span)) {
    if (field.number === METADATA.key) key = text(source, field);
    else if (field.number === METADATA.value) value = text(source, field);
  }
  into.set(key, value);
}
