import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { fetch, type Dispatcher } from 'undici';
import { reasonOf, type VoiceFileSource } from './voice-source.js';

export interface DownloadOptions {
  readonly folder: string;
  readonly dispatcher: Dispatcher;
  onProgress(done: number, total: number | undefined): void;
  /** A mirror failed and the next is tried, or the same goes on. */
  onTrouble(message: string): void;
}

/** Tries at one address, each going on where the last one stopped. */
const MOST_TRIES = 4;
const STALL_MS = 30_000;

/** The file is at none of its addresses. */
export class MissingFileError extends Error {}

/**
 * Fetches a file into the folder, under its name only when it is whole and its checksum is right. What an earlier run
 * left is gone on with where a checksum can tell whether that was right. Throws with what each address said.
 */
export async function downloadFile(source: VoiceFileSource, options: DownloadOptions): Promise<void> {
  const part = join(options.folder, `.${source.name}.part`);
  if (!source.checksum) await rm(part, { force: true });
  const failures: string[] = [];
  let missing = 0;
  for (const url of source.urls) {
    try {
      await fetchWhole(url, part, source, options);
      await rename(part, join(options.folder, source.name));
      return;
    } catch (error) {
      if (error instanceof MissingFileError) missing += 1;
      failures.push(`${url.href}: ${reasonOf(error)}`);
      options.onTrouble(failures.at(-1) ?? '');
    }
  }
  const message = failures.join('\n  ');
  throw missing === source.urls.length ? new MissingFileError(message) : new Error(message);
}

async function fetchWhole(url: URL, part: string, source: VoiceFileSource, options: DownloadOptions): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await (url.protocol === 'file:' ? copyFrom(url, part) : fetchRest(url, part, source, options));
      break;
    } catch (error) {
      if (error instanceof MissingFileError || attempt >= MOST_TRIES) throw error;
      options.onTrouble(`${url.href}: ${reasonOf(error)}; going on from ${await sizeOf(part)} bytes`);
    }
  }
  const problem = await problemWith(part, source);
  if (problem === undefined) return;
  await rm(part, { force: true });
  throw new Error(problem);
}

async function copyFrom(url: URL, part: string): Promise<void> {
  const path = fileURLToPath(url);
  if ((await stat(path).catch(() => undefined)) === undefined) throw new MissingFileError('there is no such file');
  await pipeline(createReadStream(path), createWriteStream(part));
}

async function fetchRest(url: URL, part: string, source: VoiceFileSource, options: DownloadOptions): Promise<void> {
  const have = await sizeOf(part);
  if (source.bytes !== undefined && have === source.bytes) return;
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(new Error('stalled')), STALL_MS);
  try {
    const headers: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {};
    const response = await fetch(url, { headers, dispatcher: options.dispatcher, signal: stalled.signal });
    if (response.status === 404 || response.status === 410) throw new MissingFileError(`answered ${response.status}`);
    const resumed =
      response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${have}-`) === true;
    if (!response.ok || !response.body) {
      // What is there goes beyond what the server has.
      if (response.status === 416) await rm(part, { force: true });
      throw new Error(`answered ${response.status}`);
    }
    let done = resumed ? have : 0;
    const length = Number(response.headers.get('content-length'));
    const total = source.bytes ?? (length > 0 ? done + length : undefined);
    const counted = async function* (body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of body) {
        clearTimeout(timer);
        timer = setTimeout(() => stalled.abort(new Error('stalled')), STALL_MS);
        done += chunk.length;
        options.onProgress(done, total);
        yield chunk;
      }
    };
    await pipeline(response.body, counted, createWriteStream(part, { flags: resumed ? 'a' : 'w' }));
    if (total !== undefined && done < total) throw new Error(`ended after ${done} of ${total} bytes`);
  } finally {
    clearTimeout(timer);
  }
}

async function problemWith(part: string, { bytes, checksum }: VoiceFileSource): Promise<string | undefined> {
  const size = await sizeOf(part);
  if (bytes !== undefined && size !== bytes) return `has ${size} bytes, and should have ${bytes}`;
  if (!checksum) return undefined;
  const hash = createHash(checksum.algorithm);
  for await (const chunk of createReadStream(part)) hash.update(chunk as Buffer);
  const found = hash.digest('hex');
  return found === checksum.hex.toLowerCase()
    ? undefined
    : `its ${checksum.algorithm} is ${found}, and should be ${checksum.hex}`;
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
