import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AudioEncoding } from '../../src/core/audio-format.js';

/** The judge of what the codecs make, and the maker of what they read: Debian's ffmpeg, not the library inside node-av. */
function ffmpeg(args: readonly string[], input: Buffer): Buffer {
  return execFileSync('ffmpeg', ['-v', 'error', ...args], { input, maxBuffer: 64 * 1024 * 1024 });
}

const DEMUXERS: Partial<Record<AudioEncoding, string>> = { opus: 'ogg', pcm16: 's16le' };

export interface RawRate {
  /** Needed for headerless encodings. */
  readonly sampleRateHz: number;
}

/** Decodes `bytes` to 16-bit mono at `rateHz`, the rate the decoder gives by itself when that is the same. */
export function decodeWithFfmpeg(
  bytes: Buffer,
  encoding: AudioEncoding,
  { sampleRateHz }: RawRate,
  rateHz: number,
): Buffer {
  const raw = encoding === 'pcm16' || encoding === 'mulaw' || encoding === 'alaw';
  const input = [
    '-f',
    DEMUXERS[encoding] ?? encoding,
    ...(raw ? ['-ar', `${sampleRateHz}`, '-ac', '1'] : []),
    '-i',
    'pipe:0',
  ];
  return ffmpeg([...input, '-ac', '1', '-ar', `${rateHz}`, '-f', 's16le', 'pipe:1'], bytes);
}

export interface EncodeOptions {
  /** Of `pcm`; default 1. */
  readonly channels?: number;
  /** Written to a file, so that headers hold true lengths; else to a pipe, as a server would stream it. */
  readonly seekable?: boolean;
}

/** 16-bit `pcm` as ffmpeg would write it with `args`, for instance `['-c:a', 'libmp3lame', '-f', 'mp3']`. */
export function encodeWithFfmpeg(
  pcm: Buffer,
  sampleRateHz: number,
  args: readonly string[],
  { channels = 1, seekable = false }: EncodeOptions = {},
): Buffer {
  const input = ['-f', 's16le', '-ar', `${sampleRateHz}`, '-ac', `${channels}`, '-i', 'pipe:0'];
  if (!seekable) return ffmpeg([...input, ...args, 'pipe:1'], pcm);
  const folder = mkdtempSync(join(tmpdir(), 'tts-sound-'));
  try {
    ffmpeg([...input, ...args, join(folder, 'sound')], pcm);
    return readFileSync(join(folder, 'sound'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface Probe {
  readonly codec: string;
  readonly sampleRateHz: number;
  readonly channels: number;
}

/** What ffprobe sees; it also fails on bytes it cannot make sense of. */
export function probe(bytes: Buffer): Probe {
  const entries = 'stream=codec_name,sample_rate,channels';
  const args = ['-v', 'error', '-show_entries', entries, '-of', 'json', 'pipe:0'];
  const { streams } = JSON.parse(execFileSync('ffprobe', args, { input: bytes }).toString()) as {
    streams: { codec_name: string; sample_rate: string; channels: number }[];
  };
  const [stream] = streams;
  if (stream === undefined) throw new Error('ffprobe found no stream');
  return { codec: stream.codec_name, sampleRateHz: Number(stream.sample_rate), channels: stream.channels };
}
