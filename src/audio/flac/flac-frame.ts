import { incompleteAudio } from '../incomplete-audio.js';
import { flacCrc16, flacCrc8, type BitReader } from './flac-bits.js';

export interface StreamInfo {
  readonly sampleRateHz: number;
  readonly bitsPerSample: number;
  /** For each channel; 0 when it was not known. */
  readonly totalSamples: number;
}

export interface FlacFrame {
  /** Interleaved, brought to 16 bits. */
  readonly samples: Int16Array;
  readonly channels: number;
  readonly sampleRateHz: number;
}

const RATES_HZ = [0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000];
const SAMPLE_BITS = [0, 8, 12, 0, 16, 20, 24, 32];
/** Predictors 0 to 4 as weights of the last samples, the nearest first. */
const FIXED = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

const LEFT_SIDE = 8;
const SIDE_RIGHT = 9;
const MID_SIDE = 10;

interface Header {
  readonly blockSize: number;
  readonly sampleRateHz: number;
  readonly assignment: number;
  readonly bits: number;
}

/** One frame from its first byte. Throws `OutOfBits` when it is not all there, `incomplete` when it is damaged. */
export function readFlacFrame(reader: BitReader, bytes: Buffer, info: StreamInfo): FlacFrame {
  const header = readHeader(reader, bytes, info);
  const channels = header.assignment < 8 ? header.assignment + 1 : 2;
  const planes: Float64Array[] = [];
  for (let channel = 0; channel < channels; channel++) {
    const side =
      (header.assignment === SIDE_RIGHT && channel === 0) ||
      (header.assignment > 7 && header.assignment !== SIDE_RIGHT && channel === 1);
    planes.push(readSubframe(reader, header.blockSize, header.bits + (side ? 1 : 0)));
  }
  reader.align();
  const end = reader.position;
  if (reader.read(16) !== flacCrc16(bytes.subarray(0, end))) throw damaged();
  decorrelate(planes, header.assignment);
  return { samples: interleave(planes, header), channels, sampleRateHz: header.sampleRateHz };
}

function damaged(): Error {
  return incompleteAudio('has a FLAC frame that is damaged');
}

function readHeader(reader: BitReader, bytes: Buffer, info: StreamInfo): Header {
  if (reader.read(15) !== 0x7ffc) throw damaged();
  reader.read(1);
  const blockCode = reader.read(4);
  const rateCode = reader.read(4);
  const assignment = reader.read(4);
  const bits = SAMPLE_BITS[reader.read(3)] || info.bitsPerSample;
  reader.read(1);
  // The frame or sample number in UTF-8's scheme: only its length matters here.
  const lead = reader.read(8);
  const more = lead < 0x80 ? 0 : Math.clz32(~lead << 24) - 1;
  for (let i = 0; i < more; i++) reader.read(8);
  const blockSize = readBlockSize(reader, blockCode);
  const sampleRateHz = readRate(reader, rateCode, info);
  const end = reader.position;
  if (reader.read(8) !== flacCrc8(bytes.subarray(0, end)) || assignment > MID_SIDE || blockSize === 0) throw damaged();
  return { blockSize, sampleRateHz, assignment, bits };
}

function readBlockSize(reader: BitReader, code: number): number {
  if (code === 0) return 0;
  if (code === 1) return 192;
  if (code < 6) return 576 << (code - 2);
  if (code === 6) return reader.read(8) + 1;
  if (code === 7) return reader.read(16) + 1;
  return 256 << (code - 8);
}

function readRate(reader: BitReader, code: number, info: StreamInfo): number {
  if (code === 12) return reader.read(8) * 1000;
  if (code === 13) return reader.read(16);
  if (code === 14) return reader.read(16) * 10;
  return RATES_HZ[code] || info.sampleRateHz;
}

// Doubles hold what 32-bit integers would not: 24-bit samples times 15-bit weights, 32 of them.
function readSubframe(reader: BitReader, size: number, frameBits: number): Float64Array {
  reader.read(1);
  const type = reader.read(6);
  const wasted = reader.read(1) ? reader.unary() + 1 : 0;
  const bits = frameBits - wasted;
  const plane = new Float64Array(size);
  if (type === 0) plane.fill(reader.signed(bits));
  else if (type === 1) for (let i = 0; i < size; i++) plane[i] = reader.signed(bits);
  else if (type >= 8 && type <= 12) readFixed(reader, plane, type - 8, bits);
  else if (type >= 32) readLinear(reader, plane, type - 31, bits);
  else throw damaged();
  if (wasted > 0) for (let i = 0; i < size; i++) plane[i] = (plane[i] ?? 0) * 2 ** wasted;
  return plane;
}

function readFixed(reader: BitReader, plane: Float64Array, order: number, bits: number): void {
  for (let i = 0; i < order; i++) plane[i] = reader.signed(bits);
  readResidual(reader, plane, order);
  predict(plane, FIXED[order] ?? [], 0);
}

function readLinear(reader: BitReader, plane: Float64Array, order: number, bits: number): void {
  for (let i = 0; i < order; i++) plane[i] = reader.signed(bits);
  const precision = reader.read(4) + 1;
  const shift = reader.signed(5);
  if (precision === 16 || shift < 0) throw damaged();
  const weights = Array.from({ length: order }, () => reader.signed(precision));
  readResidual(reader, plane, order);
  predict(plane, weights, shift);
}

function predict(plane: Float64Array, weights: readonly number[], shift: number): void {
  const order = weights.length;
  const scale = 2 ** shift;
  for (let i = order; i < plane.length; i++) {
    let sum = 0;
    for (let k = 0; k < order; k++) sum += (weights[k] ?? 0) * (plane[i - 1 - k] ?? 0);
    plane[i] = (plane[i] ?? 0) + Math.floor(sum / scale);
  }
}

function readResidual(reader: BitReader, plane: Float64Array, order: number): void {
  const method = reader.read(2);
  if (method > 1) throw damaged();
  const parameterBits = method === 0 ? 4 : 5;
  const escape = 2 ** parameterBits - 1;
  const partitions = 2 ** reader.read(4);
  const size = plane.length / partitions;
  if (!Number.isInteger(size) || size < order) throw damaged();
  for (let part = 0; part < partitions; part++) {
    const parameter = reader.read(parameterBits);
    const raw = parameter === escape ? reader.read(5) : undefined;
    for (let i = part === 0 ? order : part * size; i < (part + 1) * size; i++) {
      plane[i] = raw === undefined ? readRice(reader, parameter) : reader.signed(raw);
    }
  }
}

function readRice(reader: BitReader, parameter: number): number {
  const value = reader.unary() * 2 ** parameter + reader.read(parameter);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function decorrelate(planes: readonly Float64Array[], assignment: number): void {
  const [first, second] = planes;
  if (assignment < LEFT_SIDE || first === undefined || second === undefined) return;
  for (let i = 0; i < first.length; i++) {
    const a = first[i] ?? 0;
    const b = second[i] ?? 0;
    if (assignment === LEFT_SIDE) second[i] = a - b;
    else if (assignment === SIDE_RIGHT) first[i] = a + b;
    else {
      const sum = 2 * a + (Math.abs(b) % 2);
      first[i] = (sum + b) / 2;
      second[i] = (sum - b) / 2;
    }
  }
}

function interleave(planes: readonly Float64Array[], { blockSize, bits }: Header): Int16Array {
  const samples = new Int16Array(blockSize * planes.length);
  const scale = 2 ** (16 - bits);
  planes.forEach((plane, channel) => {
    for (let i = 0; i < blockSize; i++) samples[i * planes.length + channel] = Math.floor((plane[i] ?? 0) * scale);
  });
  return samples;
}
