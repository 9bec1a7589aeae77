import type { AudioFormat } from '../../src/core/audio-format.js';
import { MPEG_HEADER_BYTES, mpegFrame } from './mpeg-frame.js';

/**
 * `more`: what is there may become something known. `foreign`: a container, but none that is understood.
 * `text`: words, not sound. `unknown`: nothing of these; headerless samples look like that.
 */
export type Identified = AudioFormat | 'more' | 'foreign' | 'text' | 'unknown';

const OPUS_RATES_HZ = [8000, 12_000, 16_000, 24_000, 48_000];
const TEXT_BYTES = 16;
const MAGICS = ['RIFF', 'OggS', 'fLaC', 'ID3', '\u001aE\u00df\u00a3'];

/**
 * What audio begins with `bytes`, told by the bytes alone. MP3 and ADTS have only a dozen bits of magic, which headerless
 * samples can happen to have: with `twice` the frame after the first must begin like one, too.
 */
export function identifyAudio(bytes: Buffer, twice: boolean): Identified {
  switch (bytes.toString('latin1', 0, 4)) {
    case 'RIFF':
      return wav(bytes);
    case 'OggS':
      return ogg(bytes);
    case 'fLaC':
      return flac(bytes);
    case '\u001aE\u00df\u00a3':
      return 'foreign';
  }
  if (bytes.toString('latin1', 4, 8) === 'ftyp') return 'foreign';
  if (bytes.toString('latin1', 0, 3) === 'ID3') return afterId3(bytes);
  if (bytes[0] === 0xff) return mpeg(bytes, 0, twice);
  if (MAGICS.some((magic) => bytes.length < magic.length && magic.startsWith(bytes.toString('latin1')))) return 'more';
  return isText(bytes) ? (bytes.length < TEXT_BYTES ? 'more' : 'text') : 'unknown';
}

/** http://soundfile.sapp.org/doc/WaveFormat: chunks are walked, for `fmt ` need not be the first. */
function wav(bytes: Buffer): Identified {
  if (bytes.length < 12) return 'more';
  if (bytes.toString('latin1', 8, 12) !== 'WAVE') return 'foreign';
  for (let at = 12; at + 8 <= bytes.length; at += 8 + bytes.readUInt32LE(at + 4)) {
    if (bytes.toString('latin1', at, at + 4) !== 'fmt ') continue;
    if (bytes.length < at + 24) return 'more';
    const channels = bytes.readUInt16LE(at + 10) === 2 ? 2 : 1;
    return { encoding: 'wav', sampleRateHz: bytes.readUInt32LE(at + 12), channels };
  }
  return 'more';
}

/** RFC 3533 page, RFC 7845 section 5.1 head. */
function ogg(bytes: Buffer): Identified {
  const head = 27 + (bytes[26] ?? 0);
  if (bytes.length < head + 16) return 'more';
  if (bytes.toString('latin1', head, head + 8) !== 'OpusHead') return 'foreign';
  const inputHz = bytes.readUInt32LE(head + 12);
  const sampleRateHz = OPUS_RATES_HZ.includes(inputHz) ? inputHz : 48_000;
  return { encoding: 'opus', sampleRateHz, channels: bytes[head + 9] === 2 ? 2 : 1 };
}

/** RFC 9639 section 8.2: STREAMINFO is the first block. */
function flac(bytes: Buffer): Identified {
  if (bytes.length < 21) return 'more';
  const sampleRateHz = (bytes.readUInt16BE(18) << 4) | (bytes[20]! >> 4);
  return { encoding: 'flac', sampleRateHz, channels: ((bytes[20]! >> 1) & 7) === 0 ? 1 : 2 };
}

/** https://id3.org/id3v2.4.0-structure section 3.1: a tag may stand before the first frame. */
function afterId3(bytes: Buffer): Identified {
  if (bytes.length < 10) return 'more';
  const size = [6, 7, 8, 9].reduce((sum, at) => (sum << 7) | (bytes[at]! & 0x7f), 0);
  return mpeg(bytes, 10 + size, false);
}

function mpeg(bytes: Buffer, at: number, twice: boolean): Identified {
  if (bytes.length < at + MPEG_HEADER_BYTES) return 'more';
  const frame = mpegFrame(bytes, at);
  if (!frame) return 'unknown';
  if (!twice) return frame.format;
  if (bytes.length < at + frame.bytes + MPEG_HEADER_BYTES) return 'more';
  return mpegFrame(bytes, at + frame.bytes)?.format.encoding === frame.format.encoding ? frame.format : 'unknown';
}

/** ASCII that can be printed: a run of it is no sound. */
function isText(bytes: Buffer): boolean {
  for (let i = 0; i < Math.min(bytes.length, 64); i++) {
    const byte = bytes[i]!;
    if ((byte < 0x20 || byte > 0x7e) && byte !== 9 && byte !== 10 && byte !== 13) return false;
  }
  return bytes.length > 0;
}
