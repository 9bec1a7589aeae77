import { Readable } from 'node:stream';
import type { AudioEncoding } from '../../core/audio-format.js';
import type { SpooledAudio } from '../../sessions/audio-spool.js';

/** Canonical WAV header: RIFF size at 4, data size at 40, samples from 44. */
const WAV_HEADER_BYTES = 44;

/**
 * Bytes `from` to `to` (exclusive) of a finished clip. A WAV was streamed with a header that could not know its length;
 * here its length is known, and its header says so.
 */
export function storedBytes(audio: SpooledAudio, encoding: AudioEncoding, from: number, to: number): Readable {
  if (to <= from) return Readable.from([]);
  if (encoding !== 'wav' || from >= WAV_HEADER_BYTES) return audio.stream(from, to);
  return Readable.from(wavBytes(audio, from, to));
}

async function* wavBytes(audio: SpooledAudio, from: number, to: number): AsyncGenerator<Buffer, void, undefined> {
  const header = await audio.read(0, WAV_HEADER_BYTES);
  header.writeUInt32LE(audio.bytes - 8, 4);
  header.writeUInt32LE(audio.bytes - WAV_HEADER_BYTES, 40);
  yield header.subarray(from, Math.min(to, WAV_HEADER_BYTES));
  if (to > WAV_HEADER_BYTES) yield* audio.stream(WAV_HEADER_BYTES, to) as AsyncIterable<Buffer>;
}
