import type { FrameHeader } from './synced-frames.js';

/** ISO 11172-3 and 13818-3, layer III. Index 0 (free format) is not used for speech and not read. */
const BITRATES_KBPS = {
  mpeg1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  mpeg2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const;
const RATES_HZ = [44100, 48000, 32000];

/** What a decoder of layer III adds in front: LAME's tag counts only the encoder's own delay. */
export const MP3_DECODER_DELAY = 529;

/** The header of a layer III frame at `at`. */
export function parseMp3Header(bytes: Buffer, at: number): FrameHeader | undefined {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4);
  if (a !== 0xff || (b & 0xe6) !== 0xe2) return undefined;
  const version = (b >> 3) & 3;
  const rate = RATES_HZ[(c >> 2) & 3];
  const kbps = BITRATES_KBPS[version === 3 ? 'mpeg1' : 'mpeg2'][c >> 4];
  if (version === 1 || rate === undefined || !kbps) return undefined;
  const sampleRateHz = version === 3 ? rate : version === 2 ? rate / 2 : rate / 4;
  const samples = version === 3 ? 1152 : 576;
  const bytesLong = Math.floor(((samples / 8) * kbps * 1000) / sampleRateHz) + ((c >> 1) & 1);
  return { bytes: bytesLong, samples, sampleRateHz, channels: d >> 6 === 3 ? 1 : 2 };
}

/** How many samples of a clip are the codec's. `keep` is the true length where the tag tells it. */
export interface Mp3Tag {
  readonly skip: number;
  readonly keep: number | undefined;
}

/**
 * The frame of metadata that encoders put first (Xing, Info with LAME's extension, VBRI); undefined for a frame of
 * audio. Layout: gabriel.mp3-tech.org/mp3infotag.html.
 */
export function parseMp3Tag(frame: Buffer, header: FrameHeader): Mp3Tag | undefined {
  const at = tagOffset(header);
  const magic = frame.toString('latin1', at, at + 4);
  if (frame.toString('latin1', 36, 40) === 'VBRI') return { skip: 0, keep: undefined };
  if (magic !== 'Xing' && magic !== 'Info') return undefined;
  const flags = frame.readUInt32BE(at + 4);
  const frames = flags & 1 ? frame.readUInt32BE(at + 8) : undefined;
  const lame = at + 8 + (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  if (lame + 24 > frame.length || frame[lame] === 0) return { skip: 0, keep: undefined };
  const packed = frame.readUIntBE(lame + 21, 3);
  const delay = packed >> 12;
  const padding = packed & 0xfff;
  // A stream's tag may count 0 frames: its writer did not know yet.
  const keep = !frames ? undefined : frames * header.samples - delay - padding;
  return { skip: delay + MP3_DECODER_DELAY, keep };
}

/**
 * A frame that tells decoders how many samples the encoder put in front of the speech; without it each clip starts
 * with 25-70 ms that were never spoken. The length is left out: it is not known yet.
 */
export function mp3TagFrame(sampleRateHz: number, kbps: number, encoderDelay: number): Buffer {
  const mpeg1 = sampleRateHz >= 32000;
  const divisor = mpeg1 ? 1 : sampleRateHz >= 16000 ? 2 : 4;
  const rateIndex = RATES_HZ.indexOf(sampleRateHz * divisor);
  const rates: readonly number[] = BITRATES_KBPS[mpeg1 ? 'mpeg1' : 'mpeg2'];
  const head = Buffer.from([
    0xff,
    mpeg1 ? 0xfb : divisor === 2 ? 0xf3 : 0xe3,
    (rates.indexOf(kbps) << 4) | (rateIndex << 2),
    0xc0,
  ]);
  const header = parseMp3Header(head, 0);
  if (header === undefined) throw new RangeError(`no MP3 at ${sampleRateHz} Hz and ${kbps} kbit/s`);
  const frame = Buffer.alloc(header.bytes);
  head.copy(frame);
  const at = tagOffset(header);
  frame.write('Info', at, 'latin1');
  frame.write('LAME3.100', at + 8, 'latin1');
  frame.writeUIntBE(encoderDelay << 12, at + 8 + 21, 3);
  return frame;
}

/** The tag stands where the first granule's data would, after the side information. */
function tagOffset({ samples, channels }: FrameHeader): number {
  if (samples === 1152) return 4 + (channels === 1 ? 17 : 32);
  return 4 + (channels === 1 ? 9 : 17);
}
