import { resolve } from 'node:path';
import { UsageError } from './exit-code.js';
import { readConfig } from './read-config.js';

/** Where the files of local voices are kept, and where new ones come from. */
export interface LocalVoices {
  readonly folder: string;
  /** Catalogues in the form of Piper's voices.json; the ones behind the first are its mirrors. */
  readonly catalogues: readonly string[];
}

export interface LocalVoicesWish {
  readonly dir?: string | undefined;
  readonly catalogue?: readonly string[] | undefined;
  readonly config?: string | undefined;
}

const DEFAULT_FOLDER = './voices';
const DEFAULT_CATALOGUE = 'https://huggingface.co/rhasspy/piper-voices/resolve/main/voices.json';

/** From the command line, else from the first provider of type `onnx` in the configuration, else the defaults. */
export async function localVoices({ dir, catalogue, config: path }: LocalVoicesWish): Promise<LocalVoices> {
  const { config } = await readConfig(path);
  const options: Readonly<Record<string, unknown>> =
    Object.values(config.providers).find(({ type }) => type === 'onnx') ?? {};
  const folder = dir ?? options['voices_dir'] ?? DEFAULT_FOLDER;
  const configured = options['catalogues'] ?? [DEFAULT_CATALOGUE];
  if (typeof folder !== 'string' || !Array.isArray(configured))
    throw new UsageError('The folder of voices is not a path.');
  return { folder: resolve(folder), catalogues: catalogue ?? (configured as string[]) };
}

/** A name that stays in its folder. */
export function safeName(name: string): string {
  if (/^[\p{L}\p{N}][\p{L}\p{N}._+-]*$/u.test(name)) return name;
  throw new UsageError(`"${name}" cannot be the name of a voice file.`);
}
