import { ALAW, MULAW } from '../g711.js';
import { incompleteAudio } from '../incomplete-audio.js';
import { asBuffer, clip16, pcmSamples } from '../pcm.js';

/** The `fmt ` chunk: how a sample is stored. */
export interface WavLayout {
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Bytes of one sample over all channels. */
  readonly blockBytes: number;
  /** Interleaved 16-bit samples of a whole number of blocks. */
  readonly read: (bytes: Uint8Array) => Int16Array;
}

const PCM = 1;
const FLOAT = 3;
const A_LAW = 6;
const MU_LAW = 7;
/** The real tag is the first word of the GUID at byte 24. */
const EXTENSIBLE = 0xfffe;

/** Reads a `fmt ` chunk (16 to 40 bytes). Throws `incomplete` for a layout that no speech comes in. */
export function parseWavLayout(chunk: Buffer): WavLayout {
  if (chunk.length < 16) throw incompleteAudio('has a WAV header without a format');
  const tag = chunk.readUInt16LE(0);
  const channels = chunk.readUInt16LE(2);
  const bits = chunk.readUInt16LE(14);
  const read = readerFor(tag === EXTENSIBLE && chunk.length >= 26 ? chunk.readUInt16LE(24) : tag, bits);
  const sampleRateHz = chunk.readUInt32LE(4);
  if (read === undefined || channels < 1 || channels > 8 || sampleRateHz < 1000 || sampleRateHz > 384_000) {
    throw incompleteAudio(`is a WAV of a kind that is not spoken (tag ${tag}, ${bits} bits, ${channels} channels)`);
  }
  return { sampleRateHz, channels, blockBytes: channels * (bits >> 3), read };
}

function readerFor(tag: number, bits: number): WavLayout['read'] | undefined {
  switch (`${tag}/${bits}`) {
    case `${PCM}/8`:
      return (bytes) => Int16Array.from(bytes, (value) => (value - 128) << 8);
    case `${PCM}/16`:
      return pcmSamples;
    case `${PCM}/24`:
      return (bytes) => readEach(bytes, 3, (at, from) => from.readInt16LE(at + 1));
    case `${PCM}/32`:
      return (bytes) => readEach(bytes, 4, (at, from) => from.readInt16LE(at + 2));
    case `${FLOAT}/32`:
      return (bytes) => readEach(bytes, 4, (at, from) => clip16(from.readFloatLE(at) * 32768));
    case `${FLOAT}/64`:
      return (bytes) => readEach(bytes, 8, (at, from) => clip16(from.readDoubleLE(at) * 32768));
    case `${A_LAW}/8`:
      return ALAW.decode;
    case `${MU_LAW}/8`:
      return MULAW.decode;
    default:
      return undefined;
  }
}

function readEach(bytes: Uint8Array, size: number, read: (at: number, from: Buffer) => number): Int16Array {
  const from = asBuffer(bytes);
  const samples = new Int16Array(Math.floor(bytes.length / size));
  for (let i = 0; i < samples.length; i++) samples[i] = read(i * size, from);
  return samples;
}
