import { ATTRIBUTE, ELEMENT, TENSOR } from './onnx-field.js';
import type { OnnxModel } from './onnx-model.js';
import type { OnnxNode } from './onnx-part.js';
import { packedNumbers, protobufFields, signed, text, type Span } from './protobuf-reader.js';

const MAX_VALUES = 4096;

export function intAttribute({ source }: OnnxModel, node: OnnxNode, name: string): number | undefined {
  const span = node.attributes.get(name);
  if (!span) return undefined;
  for (const field of protobufFields(source, span)) if (field.number === ATTRIBUTE.i) return signed(field);
  return undefined;
}

export function floatAttribute({ source }: OnnxModel, node: OnnxNode, name: string): number | undefined {
  const span = node.attributes.get(name);
  if (!span) return undefined;
  for (const field of protobufFields(source, span)) {
    if (field.number === ATTRIBUTE.f) return Buffer.from(source.bytes(field.start, field.end)).readFloatLE();
  }
  return undefined;
}

export function textAttribute({ source }: OnnxModel, node: OnnxNode, name: string): string | undefined {
  const span = node.attributes.get(name);
  if (!span) return undefined;
  for (const field of protobufFields(source, span)) if (field.number === ATTRIBUTE.s) return text(source, field);
  return undefined;
}

export function intsAttribute({ source }: OnnxModel, node: OnnxNode, name: string): number[] | undefined {
  const span = node.attributes.get(name);
  if (!span) return undefined;
  const values: number[] = [];
  for (const field of protobufFields(source, span)) {
    if (field.number !== ATTRIBUTE.ints) continue;
    if (field.end - field.start > MAX_VALUES) throw new Error(`too many values in ${name} of ${node.name}`);
    values.push(...packedNumbers(source, field));
  }
  return values;
}

/** The values of a small int64 or int32 tensor: an initializer, or what a `Constant` node holds; else undefined. */
export function constantInts(model: OnnxModel, producer: OnnxNode | undefined, name: string): number[] | undefined {
  const initializer = model.initializers.get(name);
  if (initializer) return tensorInts(model, initializer.span);
  if (producer?.opType !== 'Constant') return undefined;
  const inline = intsAttribute(model, producer, 'value_ints');
  if (inline) return inline;
  const span = producer.attributes.get('value');
  if (!span) return undefined;
  for (const field of protobufFields(model.source, span)) {
    if (field.number === ATTRIBUTE.t) return tensorInts(model, field);
  }
  return undefined;
}

function tensorInts({ source }: OnnxModel, span: Span): number[] | undefined {
  let elementType = 0;
  const values: number[] = [];
  for (const field of protobufFields(source, span)) {
    if (field.end - field.start > MAX_VALUES) return undefined;
    if (field.number === TENSOR.dataType) elementType = signed(field);
    else if (field.number === TENSOR.int64Data || field.number === TENSOR.int32Data) {
      values.push(...packedNumbers(source, field));
    } else if (field.number === TENSOR.rawData)
      values.push(...rawInts(source.bytes(field.start, field.end), elementType));
  }
  return elementType === ELEMENT.int64 || elementType === ELEMENT.int32 ? values : undefined;
}

function rawInts(bytes: Uint8Array, elementType: number): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = elementType === ELEMENT.int64 ? 8 : 4;
  return Array.from({ length: Math.floor(bytes.length / width) }, (_, i) =>
    width === 8 ? Number(view.getBigInt64(i * 8, true)) : view.getInt32(i * 4, true),
  );
}
