/** Writes one protobuf message, field by field. Nothing is copied until `finish`. */
export class ProtobufWriter {
  private readonly chunks: Uint8Array[] = [];

  varint(field: number, value: number | bigint): this {
    return this.raw(varint(field << 3), varint(value));
  }

  float(field: number, value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    return this.raw(varint((field << 3) | 5), bytes);
  }

  bytes(field: number, ...parts: readonly Uint8Array[]): this {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    return this.raw(varint((field << 3) | 2), varint(length), ...parts);
  }

  text(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value, 'utf8'));
  }

  message(field: number, message: ProtobufWriter): this {
    return this.bytes(field, ...message.chunks);
  }

  /** Bytes that are fields already. */
  raw(...parts: readonly Uint8Array[]): this {
    this.chunks.push(...parts);
    return this;
  }

  finish(): Buffer<ArrayBuffer> {
    return Buffer.concat(this.chunks);
  }
}

function varint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}
