/** Inside the audio layer, sound is signed 16-bit mono samples at a known rate. Takes ownership of nothing. */
export type PcmSink = (samples: Int16Array, sampleRateHz: number) => void;

/** Bytes of one encoding in, samples out into the sink it was made with, as soon as they can be told. */
export interface AudioDecoder {
  /** Any cut of the byte stream, down to single bytes. Throws `incomplete` when the bytes are not what they claim. */
  push(bytes: Uint8Array): void;
  /** The next byte may be the first of another clip of the same encoding (header and all). */
  joint(): void;
  /** No more bytes. Throws `incomplete` when they stop inside a frame or short of what a header promised. */
  end(): void;
  close(): void;
}

/** Samples at one rate in, bytes of one encoding out. What is handed out is the caller's. */
export interface AudioEncoder {
  /** Bytes that are ready, possibly none; headers come with the first of them. */
  encode(samples: Int16Array): Buffer;
  /** The rest, padding and end marks included. */
  finish(): Buffer;
  close(): void;
}

/** The bytes behind a view, without a copy. */
export function asBuffer(bytes: ArrayBufferView): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Samples as little-endian `pcm16`, without a copy (every platform Node runs on here is little-endian). */
export function pcmBytes(samples: Int16Array): Buffer {
  return asBuffer(samples);
}

/** Whole little-endian samples of `bytes`; copies, because a network buffer need not be aligned. */
export function pcmSamples(bytes: Uint8Array): Int16Array {
  const samples = new Int16Array(bytes.length >> 1);
  asBuffer(samples).set(bytes.subarray(0, samples.length * 2));
  return samples;
}

/** The mean of interleaved stereo; mono as it is. */
export function toMono(samples: Int16Array, channels: number): Int16Array {
  if (channels === 1) return samples;
  const mono = new Int16Array(Math.floor(samples.length / channels));
  for (let i = 0; i < mono.length; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += samples[i * channels + c] ?? 0;
    mono[i] = Math.round(sum / channels);
  }
  return mono;
}

/** Planar floats of -1…1 (one array a channel, equally long) as 16-bit mono, clipped. */
export function planarToMono(planes: readonly Float32Array[], length: number): Int16Array {
  const mono = new Int16Array(length);
  const scale = 32768 / Math.max(1, planes.length);
  for (let i = 0; i < length; i++) {
    let sum = 0;
    for (const plane of planes) sum += plane[i] ?? 0;
    mono[i] = clip16(sum * scale);
  }
  return mono;
}

/** 16-bit samples as floats of -1…1. A loop, because `Float32Array.from` with a function is twenty times as slow. */
export function toFloats(samples: Int16Array): Float32Array {
  const floats = new Float32Array(samples.length);
  for (let i = 0; i < samples.length; i++) floats[i] = (samples[i] ?? 0) / 32768;
  return floats;
}

export function clip16(value: number): number {
  const rounded = Math.round(value);
  return rounded > 32767 ? 32767 : rounded < -32768 ? -32768 : rounded;
}
