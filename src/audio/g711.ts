/**
 * G.711 (ITU-T 1988): eight logarithmic bits a sample. Codes are exact inverses of the decoder's table: every code
 * decodes to the middle of the interval that encodes to it.
 */
export interface G711Law {
  decode(bytes: Uint8Array): Int16Array;
  encode(samples: Int16Array): Buffer;
}

export const MULAW: G711Law = makeLaw(mulawToLinear, linearToMulaw);
export const ALAW: G711Law = makeLaw(alawToLinear, linearToAlaw);

function mulawToLinear(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4)) - 0x84;
  return bits & 0x80 ? -magnitude : magnitude;
}

function linearToMulaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const biased = Math.min(Math.abs(sample), 32635) + 0x84;
  const exponent = 24 - Math.clz32(biased);
  const mantissa = (biased >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

function alawToLinear(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits & 0x70) >> 4;
  const base = ((bits & 0x0f) << 4) + 8;
  const magnitude = exponent === 0 ? base : (base + 0x100) << (exponent - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

function linearToAlaw(sample: number): number {
  // One's complement for the negatives, so that -1 lies in the first negative interval, as in the ITU tables.
  const magnitude = Math.min(sample < 0 ? ~sample : sample, 32767);
  const exponent = magnitude < 256 ? 0 : 24 - Math.clz32(magnitude);
  const mantissa = (magnitude >> (exponent === 0 ? 4 : exponent + 3)) & 0x0f;
  return ((sample < 0 ? 0 : 0x80) | (exponent << 4) | mantissa) ^ 0x55;
}

function makeLaw(toLinear: (code: number) => number, toCode: (sample: number) => number): G711Law {
  const linear = Int16Array.from({ length: 256 }, (_, code) => toLinear(code));
  // 64 KiB each, made at first use: a look-up is ten times as fast as the arithmetic.
  let codes: Uint8Array | undefined;
  return {
    decode: (bytes) => {
      const samples = new Int16Array(bytes.length);
      for (let i = 0; i < bytes.length; i++) samples[i] = linear[bytes[i] ?? 0] ?? 0;
      return samples;
    },
    encode: (samples) => {
      codes ??= Uint8Array.from({ length: 65536 }, (_, i) => toCode((i << 16) >> 16));
      const bytes = Buffer.allocUnsafe(samples.length);
      for (let i = 0; i < samples.length; i++) bytes[i] = codes[(samples[i] ?? 0) & 0xffff] ?? 0;
      return bytes;
    },
  };
}
