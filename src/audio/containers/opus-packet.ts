/** Opus always counts in samples at 48 kHz, whatever rate was coded (RFC 7845 section 4). */
export const OPUS_CLOCK_HZ = 48_000;

/** Frame sizes in 48 kHz samples by configuration number (RFC 6716 table 2). */
const SILK = [480, 960, 1920, 2880];
const HYBRID = [480, 960];
const CELT = [120, 240, 480, 960];

/** Length of a packet in samples at 48 kHz, from its first bytes; 0 for one that is malformed. */
export function opusPacketSamples(packet: Uint8Array): number {
  const toc = packet[0];
  if (toc === undefined) return 0;
  const config = toc >> 3;
  const frame = config < 12 ? SILK[config & 3] : config < 16 ? HYBRID[config & 1] : CELT[config & 3];
  const code = toc & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 0) & 0x3f;
  const samples = (frame ?? 0) * frames;
  return samples > 5760 ? 0 : samples;
}

export interface OpusHead {
  readonly channels: 1 | 2;
  /** Samples at 48 kHz that the decoder puts out before the sound. */
  readonly preSkip: number;
}

/** The identification header (RFC 7845 section 5.1); undefined when it is none, or has more than two channels. */
export function parseOpusHead(packet: Buffer): OpusHead | undefined {
  if (packet.length < 19 || packet.toString('latin1', 0, 8) !== 'OpusHead') return undefined;
  const channels = packet[9];
  if ((packet[8] ?? 0) > 15 || (channels !== 1 && channels !== 2)) return undefined;
  return { channels, preSkip: packet.readUInt16LE(10) };
}

/** `inputRateHz` is what was coded; it is information only. */
export function opusHead(preSkip: number, inputRateHz: number): Buffer {
  const head = Buffer.alloc(19);
  head.write('OpusHead', 0, 'latin1');
  head[8] = 1;
  head[9] = 1;
  head.writeUInt16LE(preSkip, 10);
  head.writeUInt32LE(inputRateHz, 12);
  return head;
}

export function opusTags(): Buffer {
  const vendor = Buffer.from('tts-gateway', 'latin1');
  const tags = Buffer.alloc(8 + 4 + vendor.length + 4);
  tags.write('OpusTags', 0, 'latin1');
  tags.writeUInt32LE(vendor.length, 8);
  vendor.copy(tags, 12);
  return tags;
}
