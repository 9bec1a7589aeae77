import type { Encoding, Phoneme } from './frontend.js';

export interface Encoded {
  readonly ids: readonly number[];
  /** For each id the phoneme that it belongs to; -1 for what frames them. */
  readonly owners: readonly number[];
  readonly unknown: readonly string[];
}

/**
 * Phonemes as ids. Piper: start, filler, then each symbol's ids and a filler, then end without one. With blanks: one
 * around each symbol. Symbols that the voice does not know are left out.
 */
export function encodeIds(phonemes: readonly Phoneme[], encoding: Encoding): Encoded {
  const { filler, fillerId } = encoding;
  const ids: number[] = [];
  const owners: number[] = [];
  const unknown = new Set<string>();
  const put = (values: readonly number[], owner: number): void => {
    for (const id of values) {
      ids.push(id);
      owners.push(owner);
    }
  };
  put(encoding.start, -1);
  if (filler === 'around' || (filler === 'after' && encoding.start.length > 0)) put([fillerId], -1);
  for (const [index, { symbol }] of phonemes.entries()) {
    const known = encoding.ids[symbol];
    if (!known) {
      unknown.add(symbol);
      continue;
    }
    put(known, index);
    if (filler === 'after' || filler === 'around') put([fillerId], index);
    else if (filler === 'syllable' && SYLLABLE_END.test(symbol)) put([fillerId], index);
  }
  put(encoding.end, -1);
  return { ids, owners, unknown: [...unknown] };
}

/** A tone closes a pinyin syllable. */
const SYLLABLE_END = /^[1-5]$/;

/** Code points, with the clusters of the voice kept together. Compare `clusters`: the longest first. */
export function symbolsOf(text: string, clusters: readonly string[]): string[] {
  if (clusters.length === 0) return Array.from(text);
  const symbols: string[] = [];
  for (let at = 0; at < text.length;) {
    const symbol =
      clusters.find((cluster) => text.startsWith(cluster, at)) ?? String.fromCodePoint(text.codePointAt(at) ?? 0);
    symbols.push(symbol);
    at += symbol.length;
  }
  return symbols;
}
