import { spawn } from 'node:child_process';
import type { AudioEncoding } from '../../src/core/audio-format.js';
import { ToneSynth } from '../../providers/tone/tone-synth.js';
import { benchAudio, benchBytes } from './bench-audio.js';
import type { Behaviour } from './behaviour.js';

/** Sound to send: bytes that can be taken from anywhere. */
export interface SpokenAudio {
  /** Infinity: never ends. */
  readonly bytes: number;
  slice(from: number, to: number): Buffer;
  /** What it really is, whatever the label says. */
  readonly encoding: AudioEncoding;
  readonly sampleRateHz: number;
}

/** OpenAI's pcm and wav. */
export const OPENAI_RATE_HZ = 24_000;
const CHARACTER_MS = 60;
const WRONG_RATE_HZ = 16_000;

/** ffmpeg's arguments for each encoding that is not made here. */
const FFMPEG: Readonly<Record<string, readonly string[]>> = {
  mp3: ['-c:a', 'libmp3lame', '-b:a', '64k', '-write_xing', '0', '-id3v2_version', '0', '-f', 'mp3'],
  opus: ['-c:a', 'libopus', '-b:a', '32k', '-f', 'ogg'],
  flac: ['-c:a', 'flac', '-f', 'flac'],
  aac: ['-c:a', 'aac', '-f', 'adts'],
  mulaw: ['-ar', '8000', '-f', 'mulaw'],
  alaw: ['-ar', '8000', '-f', 'alaw'],
};

/** What a request hears: the tone code of its text, from which the text can be decoded; or what `behaviour` asks for. */
export async function spokenAudio(
  text: string,
  speed: number,
  encoding: AudioEncoding,
  { audio, seconds, seed = 0, lie }: Behaviour,
): Promise<SpokenAudio> {
  if (audio) return fixed(audio, encoding, OPENAI_RATE_HZ);
  if (lie === 'flood') return flood(encoding);
  if (seconds !== undefined) return bench(seconds, seed, encoding);
  const sampleRateHz = lie === 'wrong-rate' ? WRONG_RATE_HZ : OPENAI_RATE_HZ;
  const spoken = tones(text, speed, sampleRateHz, lie === 'silence');
  const real = lie === 'wrong-codec' ? (encoding === 'mp3' ? 'flac' : 'mp3') : encoding;
  if (real === 'pcm16') return spoken;
  return fixed(await encoded(spoken.slice(0, spoken.bytes), sampleRateHz, real), real, sampleRateHz);
}

/** As OpenAI streams it: the length is not known yet, so both sizes are 0xFFFFFFFF. */
export function wavHeader(sampleRateHz: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF\xff\xff\xff\xffWAVEfmt ', 0, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data\xff\xff\xff\xff', 36, 'latin1');
  return header;
}

function fixed(bytes: Buffer, encoding: AudioEncoding, sampleRateHz: number): SpokenAudio {
  return { bytes: bytes.length, slice: (from, to) => bytes.subarray(from, to), encoding, sampleRateHz };
}

function bench(seconds: number, seed: number, encoding: AudioEncoding): SpokenAudio {
  return {
    bytes: benchBytes(seconds),
    slice: (from, to) => benchAudio(seed, from, to - from),
    encoding,
    sampleRateHz: OPENAI_RATE_HZ,
  };
}

function flood(encoding: AudioEncoding): SpokenAudio {
  return { ...bench(0, 1, encoding), bytes: Infinity };
}

/** Rendered where it is sent: the whole of a long text at once would hold up every other stream. */
function tones(text: string, speed: number, sampleRateHz: number, silent: boolean): SpokenAudio {
  const synth = new ToneSynth(text, { sampleRateHz, characterMs: CHARACTER_MS / speed, gain: silent ? 0 : 1 });
  const slice = (from: number, to: number): Buffer => {
    const first = Math.floor(from / 2);
    const samples = synth.render(first, Math.ceil(to / 2) - first);
    return Buffer.from(samples.buffer, samples.byteOffset + from - first * 2, to - from);
  };
  return { bytes: synth.samples * 2, slice, encoding: 'pcm16', sampleRateHz };
}

const made = new Map<string, Promise<Buffer>>();
const MOST_KEPT = 200;

/** Made once for the same sound; ffmpeg takes some 50 ms, which no latency test should pay twice. */
function encoded(pcm: Buffer, sampleRateHz: number, encoding: AudioEncoding): Promise<Buffer> {
  if (encoding === 'wav') return Promise.resolve(Buffer.concat([wavHeader(sampleRateHz), pcm]));
  const key = `${encoding} ${sampleRateHz} ${pcm.toString('base64')}`;
  const known = made.get(key);
  if (known) return known;
  const making = ffmpeg(pcm, sampleRateHz, FFMPEG[encoding] ?? []);
  if (made.size >= MOST_KEPT) made.clear();
  made.set(key, making);
  return making;
}

function ffmpeg(pcm: Buffer, sampleRateHz: number, args: readonly string[]): Promise<Buffer> {
  const input = ['-f', 's16le', '-ar', `${sampleRateHz}`, '-ac', '1', '-i', 'pipe:0'];
  const child = spawn('ffmpeg', ['-v', 'error', ...input, ...args, 'pipe:1'], { stdio: ['pipe', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(chunks));
      else reject(new Error(`ffmpeg ended with ${code}`));
    });
    child.stdin.end(pcm);
  });
}
