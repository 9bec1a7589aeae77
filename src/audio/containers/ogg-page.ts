/** RFC 3533. A page: 27 bytes of header, one length byte for each segment, then the segments. */
export const OGG_HEADER_BYTES = 27;
export const OGG_CONTINUED = 1;
export const OGG_FIRST = 2;
export const OGG_LAST = 4;

export interface OggPage {
  readonly flags: number;
  /** Samples at 48 kHz up to the end of the last packet that ends here; -1n when none does. */
  readonly granule: bigint;
  readonly serial: number;
  readonly sequence: number;
  readonly packets: readonly Uint8Array[];
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, i) => {
  let crc = i << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc >>> 0;
});

/** The CRC of an Ogg page, over its bytes with the four of the checksum as zeros. Give back the result to go on. */
export function oggCrc(bytes: Uint8Array, crc = 0): number {
  let sum = crc;
  for (let i = 0; i < bytes.length; i++) sum = (sum << 8) ^ (CRC_TABLE[((sum >>> 24) ^ (bytes[i] ?? 0)) & 0xff] ?? 0);
  return sum >>> 0;
}

/** Whole packets only; together they have at most 255 segments of 255 bytes. */
export function writeOggPage({ flags, granule, serial, sequence, packets }: OggPage): Buffer {
  const lacing = packets.flatMap((packet) => {
    const full = Math.floor(packet.length / 255);
    return [...Array<number>(full).fill(255), packet.length % 255];
  });
  const header = Buffer.alloc(OGG_HEADER_BYTES);
  header.write('OggS', 0, 'latin1');
  header[5] = flags;
  header.writeBigInt64LE(granule, 6);
  header.writeUInt32LE(serial, 14);
  header.writeUInt32LE(sequence, 18);
  header[26] = lacing.length;
  const page = Buffer.concat([header, Buffer.from(lacing), ...packets]);
  page.writeUInt32LE(oggCrc(page), 22);
  return page;
}
