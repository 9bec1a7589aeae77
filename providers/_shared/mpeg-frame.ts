import type { AudioFormat } from '../../src/core/audio-format.js';

/** What the header of one MP3 or ADTS frame says. */
export interface MpegFrame {
  readonly format: AudioFormat;
  /** Of the whole frame, header included. */
  readonly bytes: number;
}

const MP3_RATES_HZ = [44_100, 48_000, 32_000];
const MP3_KBITS_V1 = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MP3_KBITS_V2 = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const ADTS_RATES_HZ = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000];

/** Longest header read here, in bytes. */
export const MPEG_HEADER_BYTES = 7;

/** The frame of MPEG audio layer III (ISO 11172-3, 13818-3) or of AAC in ADTS (ISO 13818-7) that begins at `at`. */
export function mpegFrame(bytes: Buffer, at: number): MpegFrame | undefined {
  if (bytes.length < at + MPEG_HEADER_BYTES || bytes[at] !== 0xff) return undefined;
  const second = bytes[at + 1]!;
  if ((second & 0xf6) === 0xf0) return adtsFrame(bytes, at);
  return (second & 0xe6) === 0xe2 ? mp3Frame(bytes, at) : undefined;
}

function mp3Frame(bytes: Buffer, at: number): MpegFrame | undefined {
  const version = (bytes[at + 1]! >> 3) & 3; // 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
  const third = bytes[at + 2]!;
  const kbits = (version === 3 ? MP3_KBITS_V1 : MP3_KBITS_V2)[(third >> 4) - 1];
  const baseHz = MP3_RATES_HZ[(third >> 2) & 3];
  if (version === 1 || kbits === undefined || baseHz === undefined) return undefined;
  const sampleRateHz = baseHz / (version === 3 ? 1 : version === 2 ? 2 : 4);
  const samplesPerByte = version === 3 ? 144 : 72;
  return {
    format: { encoding: 'mp3', sampleRateHz, channels: bytes[at + 3]! >> 6 === 3 ? 1 : 2 },
    bytes: Math.floor((samplesPerByte * kbits * 1000) / sampleRateHz) + ((third >> 1) & 1),
  };
}

function adtsFrame(bytes: Buffer, at: number): MpegFrame | undefined {
  const sampleRateHz = ADTS_RATES_HZ[(bytes[at + 2]! >> 2) & 15];
  const channels = ((bytes[at + 2]! & 1) << 2) | (bytes[at + 3]! >> 6);
  const length = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5);
  if (sampleRateHz === undefined || length <= MPEG_HEADER_BYTES) return undefined;
  return { format: { encoding: 'aac', sampleRateHz, channels: channels === 2 ? 2 : 1 }, bytes: length };
}
