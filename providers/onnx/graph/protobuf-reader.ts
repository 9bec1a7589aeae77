import { TruncatedError, type ByteSource } from './byte-source.js';

/** Bytes [start, end) of a source. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One field of a message. `value` holds a varint; `span` what a length-delimited or fixed field holds. */
export interface ProtobufField extends Span {
  readonly number: number;
  readonly wire: 0 | 1 | 2 | 5;
  readonly value: bigint;
  /** Where the field begins, tag included. */
  readonly from: number;
}

const MAX_VARINT_BYTES = 10;

/** The fields of the message in `span`, in order, without looking into them. Throws on anything malformed. */
export function* protobufFields(source: ByteSource, span: Span): Generator<ProtobufField> {
  for (let at = span.start; at < span.end;) {
    const from = at;
    const tag = readVarint(source, at, span.end);
    at = tag.end;
    const number = Number(tag.value >> 3n);
    const wire = Number(tag.value & 7n);
    if (number === 0 || number > 536_870_911) throw malformed(from);
    if (wire === 0) {
      const { value, end } = readVarint(source, at, span.end);
      yield { number, wire, value, from, start: at, end };
      at = end;
      continue;
    }
    const body = bodyOf(source, wire, at, span.end);
    if (!body) throw malformed(from);
    if (body.end > span.end) throw new TruncatedError(body.end, span.end);
    yield { number, wire: wire as 1 | 2 | 5, value: 0n, from, ...body };
    at = body.end;
  }
}

function bodyOf(source: ByteSource, wire: number, at: number, limit: number): Span | undefined {
  if (wire === 1) return { start: at, end: at + 8 };
  if (wire === 5) return { start: at, end: at + 4 };
  if (wire !== 2) return undefined;
  const { value, end } = readVarint(source, at, limit);
  return { start: end, end: end + Number(value) };
}

function readVarint(source: ByteSource, start: number, limit: number): { value: bigint; end: number } {
  const bytes = source.bytes(start, Math.min(start + MAX_VARINT_BYTES, limit, source.size));
  // Nearly all are short; BigInt arithmetic only where a number would not do.
  let value = 0;
  for (let i = 0; i < bytes.length && i < 4; i += 1) {
    const byte = bytes[i] ?? 0;
    value |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) return { value: BigInt(value), end: start + i + 1 };
  }
  let long = 0n;
  for (const [i, byte] of bytes.entries()) {
    long |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) return { value: BigInt.asUintN(64, long), end: start + i + 1 };
  }
  if (bytes.length < MAX_VARINT_BYTES) throw new TruncatedError(start + bytes.length + 1, limit);
  throw malformed(start);
}

function malformed(at: number): Error {
  return new Error(`not an ONNX model: no valid field at byte ${at}`);
}

/** A varint field as a signed 64-bit number; what a double cannot hold is clamped by it. */
export function signed(field: ProtobufField): number {
  return Number(BigInt.asIntN(64, field.value));
}

const MAX_TEXT_BYTES = 1024 * 1024;

export function text(source: ByteSource, span: Span): string {
  if (span.end - span.start > MAX_TEXT_BYTES) throw new Error(`a name or text of ${span.end - span.start} bytes`);
  return Buffer.from(source.bytes(span.start, span.end)).toString('utf8');
}

/** A repeated number field, packed or not. */
export function* packedNumbers(source: ByteSource, field: ProtobufField): Generator<number> {
  if (field.wire === 0) {
    yield signed(field);
    return;
  }
  for (let at = field.start; at < field.end;) {
    const { value, end } = readVarint(source, at, field.end);
    yield Number(BigInt.asIntN(64, value));
    at = end;
  }
}
