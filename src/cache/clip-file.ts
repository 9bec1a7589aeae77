import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { SpeechError } from '../core/speech-error.js';
import type { StoredClip } from './clip-store.js';

/*
 * A clip on disk: the encoded parts, then 16 bytes: "TTSCLIP1", the length of the parts and their CRC-32 (big-endian).
 * The end comes last, so a file that was cut is known by its end; a changed one by its sum.
 */
const MAGIC = Buffer.from('TTSCLIP1');
export const TRAILER_BYTES = 16;
const BLOCK_BYTES = 64 * 1024;

/** Writes `clip` beside `path` and moves it there when it is whole; nobody ever sees a part of it. */
export async function writeClipFile(path: string, temporary: string, clip: StoredClip): Promise<void> {
  try {
    const file = await open(temporary, 'wx');
    try {
      let sum = 0;
      for await (const piece of clip.read()) {
        sum = crc32(piece, sum);
        await file.writeFile(piece);
      }
      await file.writeFile(trailer(clip.bytes, sum));
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function trailer(bytes: number, sum: number): Buffer {
  const end = Buffer.alloc(TRAILER_BYTES);
  MAGIC.copy(end);
  end.writeUInt32BE(bytes, 8);
  end.writeUInt32BE(sum, 12);
  return end;
}

/** Whether the file holds a whole, unchanged clip. Reads all of it. */
export async function isWholeClipFile(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const bytes = (await file.stat()).size - TRAILER_BYTES;
    if (bytes < 0) return false;
    let sum = 0;
    for await (const block of readBlocks(file, bytes)) sum = crc32(block, sum);
    const end = Buffer.alloc(TRAILER_BYTES);
    await file.read(end, 0, TRAILER_BYTES, bytes);
    return end.equals(trailer(bytes, sum));
  } finally {
    await file.close();
  }
}

/** The parts of a clip file; it may be removed while it is read. */
export async function* readClipFile(path: string, bytes: number): AsyncGenerator<Buffer, void, undefined> {
  const file = await open(path, 'r');
  try {
    yield* readBlocks(file, bytes);
  } finally {
    await file.close();
  }
}

async function* readBlocks(file: FileHandle, bytes: number): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < bytes;) {
    const block = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, bytes - at));
    const { bytesRead } = await file.read(block, 0, block.length, at);
    if (bytesRead === 0) throw new SpeechError('internal', 'A stored clip is shorter than it was.');
    at += bytesRead;
    yield block.subarray(0, bytesRead);
  }
}
