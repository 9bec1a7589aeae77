import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Dispatcher } from 'undici';
import { fetch } from 'undici';
import { z } from 'zod';
import { UnreachableError } from './speech-source.js';
import { UsageError } from './exit-code.js';

/** One file of a voice, and every place where it is to be had. */
export interface VoiceFileSource {
  /** What it is called in the folder of voices. */
  readonly name: string;
  readonly urls: readonly URL[];
  readonly bytes?: number;
  readonly checksum?: { readonly algorithm: 'md5' | 'sha256'; readonly hex: string };
  /** A voice speaks without it. */
  readonly optional: boolean;
}

const catalogueSchema = z.record(
  z.string(),
  z.object({
    key: z.string(),
    files: z.record(z.string(), z.object({ size_bytes: z.number().optional(), md5_digest: z.string().optional() })),
    aliases: z.array(z.string()).optional(),
    language: z.object({ name_english: z.string().optional(), country_english: z.string().optional() }).optional(),
    quality: z.string().optional(),
  }),
);

/** Voices by name, as Piper's voices.json lists them. */
export type Catalogue = z.infer<typeof catalogueSchema>;

/** The first catalogue that answers. Throws `UnreachableError` with what each of them said. */
export async function readCatalogue(urls: readonly string[], dispatcher: Dispatcher): Promise<Catalogue> {
  const failures: string[] = [];
  for (const url of urls) {
    try {
      return catalogueSchema.parse(JSON.parse(await readText(url, dispatcher)));
    } catch (error) {
      failures.push(`${url}: ${reasonOf(error)}`);
    }
  }
  throw new UnreachableError(
    `No catalogue of voices can be read:\n  ${failures.join('\n  ')}\n` +
      'Check the network, name another with --catalogue, or pull a file: "voices pull PATH".',
  );
}

/** The files of a catalogued voice, the model last: a voice is complete when its model is there. */
export function catalogued(name: string, catalogue: Catalogue, bases: readonly string[]): VoiceFileSource[] {
  const entry =
    (Object.hasOwn(catalogue, name) ? catalogue[name] : undefined) ??
    Object.values(catalogue).find(({ aliases }) => aliases?.includes(name));
  if (!entry) {
    const near = Object.keys(catalogue)
      .filter((key) => key.toLowerCase().includes(name.toLowerCase()))
      .slice(0, 8);
    const hint =
      near.length > 0 ? ` Did you mean ${near.join(', ')}?` : ' "voices list --available" names those that are.';
    throw new UsageError(`The catalogue has no voice "${name}".${hint}`);
  }
  const files = Object.entries(entry.files).map(([path, { size_bytes: bytes, md5_digest: hex }]): VoiceFileSource => {
    const file = path.split('/').at(-1) ?? path;
    const isCard = !/\.onnx(\.json)?$/.test(file);
    return {
      name: isCard ? `${entry.key}.${file}` : file,
      urls: bases.map((base) => new URL(path, asUrl(base))),
      ...(bytes !== undefined && { bytes }),
      ...(hex !== undefined && { checksum: { algorithm: 'md5', hex } }),
      optional: isCard,
    };
  });
  return files.sort((a, b) => Number(a.name.endsWith('.onnx')) - Number(b.name.endsWith('.onnx')));
}

/** The files beside a model that was named by its address. */
export function addressed(url: URL, sha256: string | undefined): VoiceFileSource[] {
  const name = decodeURIComponent(url.pathname.split('/').at(-1) ?? '');
  const config = new URL(url);
  config.pathname += '.json';
  return [
    { name: `${name}.json`, urls: [config], optional: true },
    {
      name,
      urls: [url],
      optional: false,
      ...(sha256 !== undefined && { checksum: { algorithm: 'sha256', hex: sha256 } as const }),
    },
  ];
}

export function asUrl(place: string): URL {
  return /^[a-z][a-z\d+.-]+:/i.test(place) ? new URL(place) : pathToFileURL(resolve(place));
}

async function readText(place: string, dispatcher: Dispatcher): Promise<string> {
  const url = asUrl(place);
  if (url.protocol === 'file:') return readFile(fileURLToPath(url), 'utf8');
  const response = await fetch(url, { dispatcher, signal: AbortSignal.timeout(30_000) });
  if (!response.ok) throw new Error(`answered ${response.status}`);
  return response.text();
}

/** What the system said, not only that fetching failed. */
export function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return 'is not a catalogue of voices';
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const { code, message } = cause as { code?: string; message?: string };
  return code ?? message ?? String(cause);
}
