import { existsSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EnvHttpProxyAgent } from 'undici';
import { EXIT, UsageError, type ExitCode } from './exit-code.js';
import { localVoices, safeName } from './local-voices.js';
import { UnreachableError } from './speech-source.js';
import { readCatalogue } from './voice-source.js';

const OPTIONS = {
  available: { type: 'boolean', default: false },
  catalogue: { type: 'string', multiple: true },
  dir: { type: 'string' },
  config: { type: 'string' },
} as const;

/** Lists the model files in the folder of voices or, with `--available`, what the catalogue has. */
export async function listInstalled(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const { folder, catalogues } = await localVoices(values);
  if (values.available) return listAvailable(catalogues);
  for (const name of modelsIn(folder)) {
    const megabytes = (statSync(join(folder, name)).size / 1e6).toFixed(1);
    process.stdout.write(`${name.replace(/\.onnx$/, '').padEnd(40)}  ${megabytes.padStart(7)} MB\n`);
  }
  return EXIT.ok;
}

/** Deletes the files of one voice. */
export async function removeInstalled(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [wanted, ...more] = positionals;
  if (wanted === undefined || more.length > 0) throw new UsageError('Name one voice: "voices remove NAME".');
  const { folder } = await localVoices(values);
  const name = safeName(wanted.replace(/\.onnx$/, ''));
  if (!existsSync(join(folder, `${name}.onnx`))) throw new UsageError(`There is no voice "${name}" in ${folder}.`);
  // The model first: without it the other files are nothing, while a model without its config is a broken voice.
  for (const suffix of ['.onnx', '.onnx.json', '.MODEL_CARD']) await rm(join(folder, name + suffix), { force: true });
  process.stdout.write(`${name} is removed.\n`);
  return EXIT.ok;
}

async function listAvailable(catalogues: readonly string[]): Promise<ExitCode> {
  const dispatcher = new EnvHttpProxyAgent();
  try {
    for (const { key, language, quality, files } of Object.values(await readCatalogue(catalogues, dispatcher))) {
      const bytes = Object.values(files).reduce((sum, { size_bytes: size = 0 }) => sum + size, 0);
      const where = [language?.name_english, language?.country_english, quality].filter(Boolean).join(', ');
      process.stdout.write(`${key.padEnd(40)}  ${(bytes / 1e6).toFixed(1).padStart(7)} MB  ${where}\n`);
    }
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return EXIT.unreachable;
  } finally {
    await dispatcher.close();
  }
}

function modelsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true }).map(String);
  return names.filter((name) => name.endsWith('.onnx') && !name.startsWith('.')).sort();
}
