import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const MOST_BYTES = 64 * 1024 * 1024;

export type Json = Readonly<Record<string, unknown>>;

/** Reads a JSON object beside a model. Throws in plain words; undefined when there is no such file. */
export function readJson(path: string): Json | undefined {
  if (!existsSync(path)) return undefined;
  const name = basename(path);
  if (statSync(path).size > MOST_BYTES) throw new Error(`${name} is too large for a config`);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new Error(`${name} is not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  return record(value) ?? fail(`${name} holds no object`);
}

/** The first of these files that is there, in the model's folder or the one above (`onnx/model.onnx`). */
export function findBeside(model: string, names: readonly string[]): string | undefined {
  const folder = dirname(model);
  const folders = basename(folder) === 'onnx' ? [folder, dirname(folder)] : [folder];
  for (const place of folders) {
    for (const name of names) {
      const path = join(place, name);
      if (existsSync(path)) return path;
    }
  }
  return undefined;
}

/** `symbol id` on each line; a line with one field is a space. */
export function readTokens(path: string): Record<string, number[]> {
  if (statSync(path).size > MOST_BYTES) throw new Error(`${basename(path)} is too large`);
  const ids: Record<string, number[]> = Object.create(null) as Record<string, number[]>;
  for (const line of readFileSync(path, 'utf8').split(/\r?\n/)) {
    if (line.trim() === '') continue;
    const parts = /^(\S+)\s+(\d+)\s*$/.exec(line) ?? /^()\s*(\d+)\s*$/.exec(line);
    if (!parts) throw new Error(`${basename(path)}: "${line.slice(0, 40)}" is not a symbol and a number`);
    ids[parts[1] === '' || parts[1] === undefined ? ' ' : parts[1]] = [Number(parts[2])];
  }
  return ids;
}

export function record(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function number(value: unknown): number | undefined {
  const found = typeof value === 'string' ? Number(value) : value;
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

export function fail(reason: string): never {
  throw new Error(reason);
}
