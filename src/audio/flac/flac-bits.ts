const CRC8 = makeTable(8, 0x07);
const CRC16 = makeTable(16, 0x8005);

/** CRC-8 of a frame header (polynomial 0x07). */
export function flacCrc8(bytes: Uint8Array): number {
  let crc = 0;
  for (let i = 0; i < bytes.length; i++) crc = CRC8[crc ^ (bytes[i] ?? 0)] ?? 0;
  return crc;
}

/** CRC-16 of a frame (polynomial 0x8005). */
export function flacCrc16(bytes: Uint8Array): number {
  let crc = 0;
  for (let i = 0; i < bytes.length; i++) crc = ((crc << 8) & 0xffff) ^ (CRC16[(crc >> 8) ^ (bytes[i] ?? 0)] ?? 0);
  return crc;
}

function makeTable(bits: number, polynomial: number): Uint16Array {
  const top = 1 << (bits - 1);
  const mask = 2 ** bits - 1;
  return Uint16Array.from({ length: 256 }, (_, i) => {
    let crc = i << (bits - 8);
    for (let bit = 0; bit < 8; bit++) crc = (crc & top ? (crc << 1) ^ polynomial : crc << 1) & mask;
    return crc;
  });
}

/** Writes most significant bit first. */
export class BitWriter {
  private bytes: Uint8Array;
  private length = 0;
  private pending = 0;
  private pendingBits = 0;

  constructor(sizeHint: number) {
    this.bytes = new Uint8Array(sizeHint);
  }

  /** The low `bits` (at most 24) bits of `value`. */
  write(value: number, bits: number): void {
    this.pending = (this.pending << bits) | (value & ((1 << bits) - 1));
    this.pendingBits += bits;
    while (this.pendingBits >= 8) {
      this.pendingBits -= 8;
      this.byte(this.pending >>> this.pendingBits);
    }
    this.pending &= (1 << this.pendingBits) - 1;
  }

  /** `zeros` zero bits and a one. */
  unary(zeros: number): void {
    let left = zeros;
    for (; left >= 16; left -= 16) this.write(0, 16);
    this.write(1, left + 1);
  }

  /** Pads to a whole byte. */
  align(): void {
    if (this.pendingBits > 0) this.write(0, 8 - this.pendingBits);
  }

  /** What is written so far; whole bytes only, valid until the next write. */
  get written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  private byte(value: number): void {
    if (this.length === this.bytes.length) {
      const larger = new Uint8Array(2 * this.length + 64);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[this.length++] = value & 0xff;
  }
}

/** Thrown by `BitReader` at the end of its bytes: the frame is not all there yet. */
export class OutOfBits extends Error {}

/** Reads most significant bit first. */
export class BitReader {
  private at = 0;
  private bit = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** Bytes begun. */
  get position(): number {
    return this.at + (this.bit > 0 ? 1 : 0);
  }

  /** Up to 32 bits, unsigned. */
  read(bits: number): number {
    if (bits > 16) return this.read(bits - 16) * 65_536 + this.read(16);
    const { bytes, at } = this;
    const end = this.bit + bits;
    if (at + ((end + 7) >> 3) > bytes.length) throw new OutOfBits();
    const window = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    this.at = at + (end >> 3);
    this.bit = end & 7;
    return (window >>> (24 - end)) & ((1 << bits) - 1);
  }

  signed(bits: number): number {
    const value = this.read(bits);
    return bits > 0 && value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
  }

  /** Number of zero bits before the next one, which is passed too. */
  unary(): number {
    let zeros = 0;
    for (;;) {
      const byte = this.bytes[this.at];
      if (byte === undefined) throw new OutOfBits();
      const rest = (byte << this.bit) & 0xff;
      if (rest !== 0) {
        const lead = Math.clz32(rest) - 24;
        this.advance(lead + 1);
        return zeros + lead;
      }
      zeros += 8 - this.bit;
      this.advance(8 - this.bit);
    }
  }

  align(): void {
    if (this.bit > 0) this.advance(8 - this.bit);
  }

  private advance(bits: number): void {
    this.bit += bits;
    if (this.bit >= 8) {
      this.bit -= 8;
      this.at += 1;
    }
  }
}
