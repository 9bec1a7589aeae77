import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { EnvHttpProxyAgent, ProxyAgent, type Dispatcher } from 'undici';
import { downloadFile, MissingFileError } from './download-file.js';
import { EXIT, UsageError, type ExitCode } from './exit-code.js';
import { localVoices, safeName, type LocalVoices } from './local-voices.js';
import { ProgressBar } from './progress-bar.js';
import { UnreachableError } from './speech-source.js';
import { addressed, catalogued, readCatalogue, reasonOf, type VoiceFileSource } from './voice-source.js';

const OPTIONS = {
  catalogue: { type: 'string', multiple: true },
  proxy: { type: 'string' },
  sha256: { type: 'string' },
  dir: { type: 'string' },
  config: { type: 'string' },
} as const;

/** Fetches a voice by its name in a catalogue, by address or from a path, into the folder of voices. */
export async function pullVoice(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [wanted, ...more] = positionals;
  if (wanted === undefined || more.length > 0) throw new UsageError('Name one voice: "voices pull NAME|URL|PATH".');
  const place = await localVoices(values);
  const dispatcher = values.proxy === undefined ? new EnvHttpProxyAgent() : new ProxyAgent(values.proxy);
  try {
    const files = await filesOf(wanted, place, values.sha256, dispatcher);
    await mkdir(place.folder, { recursive: true });
    for (const file of files) await fetchOne(file, place.folder, dispatcher);
    await report(files, place.folder);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    process.stderr.write(`${error instanceof Error ? error.message : reasonOf(error)}\n`);
    return error instanceof UnreachableError ? EXIT.unreachable : EXIT.failed;
  } finally {
    await dispatcher.close();
  }
}

async function filesOf(
  wanted: string,
  { catalogues }: LocalVoices,
  sha256: string | undefined,
  dispatcher: Dispatcher,
): Promise<VoiceFileSource[]> {
  const files = /^https?:/i.test(wanted)
    ? addressed(new URL(wanted), sha256)
    : existsSync(wanted)
      ? addressed(pathToFileURL(resolve(wanted)), sha256)
      : catalogued(wanted, await readCatalogue(catalogues, dispatcher), catalogues);
  for (const { name } of files) safeName(name);
  if (!files.some(({ name }) => name.endsWith('.onnx'))) throw new UsageError(`"${wanted}" is not an .onnx file.`);
  return files;
}

async function fetchOne(file: VoiceFileSource, folder: string, dispatcher: Dispatcher): Promise<void> {
  const bar = new ProgressBar(file.name, process.stderr);
  try {
    await downloadFile(file, {
      folder,
      dispatcher,
      onProgress: (done, total) => bar.update(done, total),
      onTrouble: (message) => process.stderr.write(`${message}\n`),
    });
    bar.end();
  } catch (error) {
    if (file.optional && error instanceof MissingFileError) {
      process.stderr.write(`${file.name} is not there; going on without it.\n`);
      return;
    }
    throw new Error(`${file.name} could not be fetched:\n  ${reasonOf(error)}`, { cause: error });
  }
}

/** Where the voice is now, and under which licence: that is the operator's to keep. */
async function report(files: readonly VoiceFileSource[], folder: string): Promise<void> {
  const model = files.find(({ name }) => name.endsWith('.onnx'))?.name ?? '';
  const card = files.find(({ name }) => name.endsWith('MODEL_CARD'))?.name;
  const text = card === undefined ? '' : await readFile(join(folder, card), 'utf8').catch(() => '');
  const licence = /licen[cs]e:?\s*([^\n]+)/i.exec(text)?.[1]?.trim();
  process.stdout.write(`${join(folder, model)}\n`);
  process.stdout.write(`licence: ${licence ?? 'not stated; see where it comes from'}\n`);
}
