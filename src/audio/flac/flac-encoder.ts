import type { AudioEncoder } from '../pcm.js';
import { BlockCutter } from '../block-cutter.js';
import { BitWriter, flacCrc16, flacCrc8 } from './flac-bits.js';
import { writeSubframe } from './flac-subframe.js';

const RATE_CODES = new Map([
  [8000, 4],
  [16000, 5],
  [22050, 6],
  [24000, 7],
  [32000, 8],
  [44100, 9],
  [48000, 10],
]);
/** Blocks of 40 ms: long enough to compress, short enough to leave early. */
const BLOCKS_PER_SECOND = 25;

/**
 * FLAC (RFC 9639), 16-bit mono, with fixed predictors and partitioned Rice codes. Lossless; some percent larger than
 * the reference encoder's linear prediction, at a tenth of its memory. The length and checksum in the header are 0,
 * "unknown", because the stream leaves before its end is known.
 */
export class FlacEncoder implements AudioEncoder {
  private readonly blocks: BlockCutter;
  private frames = 0;

  constructor(private readonly sampleRateHz: number) {
    this.blocks = new BlockCutter(blockSamples(sampleRateHz));
  }

  encode(samples: Int16Array): Buffer {
    const frames: Uint8Array[] = [];
    this.blocks.push(samples, (block) => frames.push(...this.frame(block)));
    return Buffer.concat(frames);
  }

  finish(): Buffer {
    const rest = this.blocks.rest();
    if (rest.length > 0) return Buffer.concat(this.frame(rest));
    return this.frames === 0 ? streamHeader(this.sampleRateHz) : Buffer.alloc(0);
  }

  close(): void {}

  private frame(block: Int16Array): Uint8Array[] {
    const number = this.frames++;
    const bits = new BitWriter(block.length * 2 + 64);
    // Sync, fixed block size; 16-bit block size at the end of the header; rate; mono; 16 bits.
    bits.write(0xfff8, 16);
    bits.write(0x70 | (RATE_CODES.get(this.sampleRateHz) ?? 0), 8);
    bits.write(0x08, 8);
    for (const byte of codedNumber(number)) bits.write(byte, 8);
    bits.write(block.length - 1, 16);
    bits.write(flacCrc8(bits.written), 8);
    writeSubframe(bits, block);
    bits.align();
    bits.write(flacCrc16(bits.written), 16);
    return number === 0 ? [streamHeader(this.sampleRateHz), bits.written] : [bits.written];
  }
}

function blockSamples(sampleRateHz: number): number {
  return Math.round(sampleRateHz / BLOCKS_PER_SECOND);
}

/** `fLaC` and the one metadata block that must be there, STREAMINFO. */
function streamHeader(sampleRateHz: number): Buffer {
  const header = Buffer.alloc(4 + 4 + 34);
  header.write('fLaC', 0, 'latin1');
  header.writeUInt32BE(0x80000000 + 34, 4);
  header.writeUInt16BE(blockSamples(sampleRateHz), 8);
  header.writeUInt16BE(blockSamples(sampleRateHz), 10);
  // 20 bits of rate, 3 of channels less one, 5 of bits less one; 36 of total samples stay 0.
  header.writeUInt32BE(sampleRateHz * 4096 + (15 << 4), 18);
  return header;
}

/** The frame number in UTF-8's scheme. */
function codedNumber(value: number): Buffer {
  if (value > 0x10ffff) return longNumber(value);
  return value >= 0xd800 && value <= 0xdfff ? longNumber(value) : Buffer.from(String.fromCodePoint(value), 'utf8');
}

/** What `Buffer` does not write: surrogates and numbers beyond Unicode. */
function longNumber(value: number): Buffer {
  const tail: number[] = [];
  let rest = value;
  const length = value < 0x10000 ? 3 : value < 0x200000 ? 4 : 5;
  for (let i = 1; i < length; i++) {
    tail.unshift(0x80 | (rest & 0x3f));
    rest >>= 6;
  }
  return Buffer.from([((0xff00 >> length) & 0xff) | rest, ...tail]);
}
