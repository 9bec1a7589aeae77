import { fileSource } from '../graph/byte-source.js';
import { isZip, rawArray, readNpz } from './npz.js';
import type { StyleSource } from './voice-file.js';

/** Floats of one style vector. */
export const STYLE_WIDTH = 256;

/** The styles that a file holds: `.npz` by its names, a raw file as one (or `shared` alike) of them. */
export function stylesIn(
  path: string,
  shared?: { readonly names: readonly string[]; readonly rows: number },
): Map<string, StyleSource> {
  const source = fileSource(path);
  try {
    if (isZip(source)) {
      return new Map(
        readNpz(source).map(({ name, read }) => [
          name,
          { path, entry: name, firstRow: 0, rows: rowsOf(name, read().shape) },
        ]),
      );
    }
    const total = source.size / (STYLE_WIDTH * 4);
    if (!Number.isInteger(total) || total === 0)
      throw new Error(`${path.split('/').at(-1) ?? ''} is not a file of styles`);
    if (!shared) return new Map([['', { path, firstRow: 0, rows: total }]]);
    if (total !== shared.names.length * shared.rows)
      throw new Error(`it has ${total} style rows for ${shared.names.length} voices`);
    return new Map(
      shared.names.map((name, index) => [name, { path, firstRow: index * shared.rows, rows: shared.rows }]),
    );
  } finally {
    source.close();
  }
}

/** All rows of a style. */
export function readStyle({ path, entry, firstRow, rows }: StyleSource): Float32Array {
  const source = fileSource(path);
  try {
    const array =
      entry === undefined
        ? rawArray(path, source, [])
        : readNpz(source)
            .find(({ name }) => name === entry)
            ?.read();
    if (!array) throw new Error(`the archive of voices has no ${entry ?? ''} any more`);
    return array.rows(firstRow, rows, STYLE_WIDTH);
  } finally {
    source.close();
  }
}

function rowsOf(name: string, shape: readonly number[]): number {
  if (shape.at(-1) !== STYLE_WIDTH) throw new Error(`the style ${name} has rows of ${shape.at(-1) ?? 0} numbers`);
  return shape.slice(0, -1).reduce((product, dim) => product * dim, 1);
}
