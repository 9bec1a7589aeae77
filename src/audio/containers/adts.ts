import type { FrameHeader } from './synced-frames.js';

/** ISO 14496-3 table 1.18. */
const RATES_HZ = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];
const HEADER_BYTES = 7;
const FRAME_SAMPLES = 1024;

/** The ADTS header at `at` (ISO 13818-7 section 6.2). `sampleRateHz` is the core coder's: HE-AAC decodes to twice. */
export function parseAdtsHeader(bytes: Buffer, at: number): FrameHeader | undefined {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0] = bytes.subarray(at, at + HEADER_BYTES);
  if (a !== 0xff || (b & 0xf6) !== 0xf0) return undefined;
  const sampleRateHz = RATES_HZ[(c >> 2) & 0x0f];
  const length = ((d & 3) << 11) | (e << 3) | (f >> 5);
  const channels = ((c & 1) << 2) | (d >> 6);
  if (sampleRateHz === undefined || length <= HEADER_BYTES || channels > 2) return undefined;
  return { bytes: length, samples: FRAME_SAMPLES * ((g & 3) + 1), sampleRateHz, channels: channels === 1 ? 1 : 2 };
}

/** A header for `payload` bytes of AAC-LC, mono. */
export function adtsHeader(sampleRateHz: number, payload: number): Buffer {
  const length = payload + HEADER_BYTES;
  const rateIndex = RATES_HZ.indexOf(sampleRateHz);
  return Buffer.from([
    0xff,
    0xf1,
    0x40 | (rateIndex << 2),
    0x40 | (length >> 11),
    (length >> 3) & 0xff,
    ((length & 7) << 5) | 0x1f,
    0xfc,
  ]);
}
