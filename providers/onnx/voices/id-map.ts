import { fail, number, record, type Json } from './sidecar.js';

const MOST_SYMBOLS = 100_000;

/** `phoneme_id_map` as exporters write it: symbol → ids, or a bare id. Keys that hold a line break say nothing. */
export function idMap(value: unknown, symbols?: number): Record<string, number[]> {
  const given = record(value) ?? fail('its config has no phoneme_id_map');
  const ids = Object.create(null) as Record<string, number[]>;
  for (const [symbol, entry] of Object.entries(given)) {
    const list = (Array.isArray(entry) ? entry : [entry]).map((id) => id as unknown);
    if (!list.every((id): id is number => Number.isInteger(id) && Number(id) >= 0))
      fail(`the ids of "${symbol}" are no numbers`);
    const numbers = list;
    if (symbols !== undefined && numbers.some((id) => id >= symbols))
      fail(`id ${numbers.join(', ')} of "${symbol}" is beyond the ${symbols} symbols of the model`);
    ids[symbol] = numbers;
  }
  const count = Object.keys(ids).length;
  if (count === 0 || count > MOST_SYMBOLS) fail(`its config maps ${count} symbols`);
  return ids;
}

/** `{"a": 5}`: one id for each symbol. */
export function vocabulary(value: unknown): Record<string, number[]> | undefined {
  const given = record(value);
  if (!given) return undefined;
  const ids = Object.create(null) as Record<string, number[]>;
  for (const [symbol, id] of Object.entries(given)) {
    const found = number(id);
    if (found !== undefined) ids[symbol] = [found];
  }
  return ids;
}

/** Symbols of several code points, the longest first: those of the map, and those that the config names. */
export function clustersOf(ids: Readonly<Record<string, unknown>>, config?: Json): string[] {
  const named = Array.isArray(config?.['vowel_clusters']) ? (config['vowel_clusters'] as unknown[]) : [];
  const joined = named.flatMap((cluster) =>
    Array.isArray(cluster) ? [cluster.join('')] : typeof cluster === 'string' ? [cluster] : [],
  );
  const long = [...Object.keys(ids), ...joined].filter((symbol) => symbol in ids && Array.from(symbol).length > 1);
  return [...new Set(long)].sort((a, b) => b.length - a.length);
}
