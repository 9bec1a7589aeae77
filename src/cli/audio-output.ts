import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import type { AudioEncoding } from '../core/audio-format.js';
import { UsageError } from './exit-code.js';

/** Where spoken audio goes. */
export interface AudioOutput {
  write(chunk: Buffer): Promise<void>;
  close(): Promise<void>;
  /** After a failure: no half clip is left where a whole one was asked for. */
  discard(): Promise<void>;
}

/** A file, standard output where it is a pipe, or the first player that is there. Throws `UsageError` when there is neither. */
export async function openAudioOutput(file: string | undefined, encoding: AudioEncoding): Promise<AudioOutput> {
  if (file !== undefined && file !== '-') return toFile(file, encoding);
  if (file === '-' || !process.stdout.isTTY) return toStream(process.stdout);
  return toPlayer(encoding);
}

async function toFile(path: string, encoding: AudioEncoding): Promise<AudioOutput> {
  const part = `${path}.part`;
  const file = await open(part, 'w');
  let bytes = 0;
  return {
    write: async (chunk) => {
      await file.write(chunk, 0, chunk.length, bytes);
      bytes += chunk.length;
    },
    close: async () => {
      if (encoding === 'wav') await setWavSizes(file, bytes);
      await file.close();
      await rename(part, path);
    },
    discard: async () => {
      await file.close();
      await rm(part, { force: true });
    },
  };
}

/** A streamed WAV does not know its length; a file can be told afterwards. Canonical 44-byte header. */
async function setWavSizes(file: Awaited<ReturnType<typeof open>>, bytes: number): Promise<void> {
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32LE(bytes - 8, 0);
  sizes.writeUInt32LE(bytes - 44, 4);
  await file.write(sizes, 0, 4, 4);
  await file.write(sizes, 4, 4, 40);
}

function toStream(stream: Writable): AudioOutput {
  return {
    write: async (chunk) => {
      if (!stream.write(chunk)) await once(stream, 'drain');
    },
    close: () => Promise.resolve(),
    discard: () => Promise.resolve(),
  };
}

const PLAYERS: readonly (readonly [program: string, args: readonly string[]])[] = [
  ['ffplay', ['-nodisp', '-autoexit', '-loglevel', 'error', '-']],
  ['play', ['-q', '-t', 'wav', '-']],
  ['aplay', ['-q']],
];

async function toPlayer(encoding: AudioEncoding): Promise<AudioOutput> {
  for (const [program, args] of encoding === 'wav' ? PLAYERS : PLAYERS.slice(0, 1)) {
    const child = spawn(program, [...args], { stdio: ['pipe', 'ignore', 'inherit'] });
    if (!(await started(child))) continue;
    const ended = once(child, 'exit');
    const pipe = toStream(child.stdin);
    return {
      write: (chunk) => pipe.write(chunk),
      close: async () => {
        child.stdin.end();
        await ended;
      },
      discard: async () => {
        child.kill();
        await ended;
      },
    };
  }
  throw new UsageError('There is no player here for this format (ffplay, play, aplay); name a file with -o.');
}

function started(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    child.once('spawn', () => resolve(true));
    child.once('error', () => resolve(false));
  });
}
