import { inflateRawSync } from 'node:zlib';
import type { ByteSource } from '../graph/byte-source.js';

/** One array of floats in an archive or file: where its data begins, and its shape. */
export interface NpyArray {
  readonly name: string;
  readonly shape: readonly number[];
  /** Reads rows of `width` floats. */
  rows(first: number, count: number, width: number): Float32Array;
}

const END_OF_DIRECTORY = 0x0605_4b50;
const ENTRY = 0x0201_4b50;
const MOST_ENTRIES = 10_000;
const MOST_ENTRY_BYTES = 64 * 1024 * 1024;

export function isZip(source: ByteSource): boolean {
  return source.size > 22 && Buffer.from(source.bytes(0, 2)).toString('latin1') === 'PK';
}

/** An array that has not been unpacked. */
export interface NpzEntry {
  readonly name: string;
  read(): NpyArray;
}

/** The arrays of a NumPy `.npz`, which is a zip of `.npy` files. */
export function readNpz(source: ByteSource): NpzEntry[] {
  const tailStart = Math.max(0, source.size - 65_557);
  const tail = Buffer.from(source.bytes(tailStart, source.size));
  let at = tail.length - 22;
  while (at >= 0 && tail.readUInt32LE(at) !== END_OF_DIRECTORY) at -= 1;
  if (at < 0) throw new Error('the archive of voices is cut short');
  const count = tail.readUInt16LE(at + 10);
  if (count > MOST_ENTRIES) throw new Error(`the archive holds ${count} files`);
  const start = tail.readUInt32LE(at + 16);
  const directory = Buffer.from(source.bytes(start, start + tail.readUInt32LE(at + 12)));
  const arrays: NpzEntry[] = [];
  let entry = 0;
  for (let i = 0; i < count; i += 1) {
    if (directory.readUInt32LE(entry) !== ENTRY) throw new Error('the archive of voices is damaged');
    const nameLength = directory.readUInt16LE(entry + 28);
    const name = directory.toString('utf8', entry + 46, entry + 46 + nameLength);
    if (name.endsWith('.npy')) arrays.push(entryOf(source, directory, entry, name.slice(0, -4)));
    entry += 46 + nameLength + directory.readUInt16LE(entry + 30) + directory.readUInt16LE(entry + 32);
  }
  return arrays;
}

function entryOf(source: ByteSource, directory: Buffer, entry: number, name: string): NpzEntry {
  return { name, read: () => readNpy(name, entryBytes(source, directory, entry)) };
}

function entryBytes(source: ByteSource, directory: Buffer, entry: number): Buffer {
  const method = directory.readUInt16LE(entry + 10);
  const packed = directory.readUInt32LE(entry + 20);
  const size = directory.readUInt32LE(entry + 24);
  if (size > MOST_ENTRY_BYTES) throw new Error('a voice of the archive is too large');
  const header = directory.readUInt32LE(entry + 42);
  const local = Buffer.from(source.bytes(header, header + 30));
  const start = header + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  const bytes = Buffer.from(source.bytes(start, start + packed));
  if (method === 0) return bytes;
  if (method !== 8) throw new Error(`the archive is packed with method ${method}`);
  return inflateRawSync(bytes, { maxOutputLength: MOST_ENTRY_BYTES });
}

/** A `.npy` file of little-endian 32-bit floats in C order. */
export function readNpy(name: string, bytes: Buffer): NpyArray {
  if (bytes.toString('latin1', 1, 6) !== 'NUMPY') throw new Error(`${name} is not a NumPy array`);
  const wide = bytes[6] !== 1;
  const length = wide ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8);
  const start = (wide ? 12 : 10) + length;
  const header = bytes.toString('latin1', wide ? 12 : 10, start);
  if (!/'descr':\s*'<f4'/.test(header) || /'fortran_order':\s*True/.test(header)) {
    throw new Error(`${name} is not an array of little-endian floats`);
  }
  const shape = (/'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .map(Number)
    .filter((dim) => dim > 0);
  return { name, shape, rows: (first, count, width) => floats(bytes, start + first * width * 4, count * width) };
}

/** A file of nothing but floats. */
export function rawArray(name: string, source: ByteSource, shape: readonly number[]): NpyArray {
  return {
    name,
    shape,
    rows(first, count, width) {
      const start = first * width * 4;
      return floats(Buffer.from(source.bytes(start, start + count * width * 4)), 0, count * width);
    },
  };
}

function floats(bytes: Buffer, start: number, count: number): Float32Array {
  if (start + count * 4 > bytes.length) throw new Error('the file of voices is cut short');
  return Float32Array.from({ length: count }, (_, i) => bytes.readFloatLE(start + i * 4));
}
