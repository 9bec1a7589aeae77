/** Sound whose every moment is known, so that what comes out of a codec can be laid over what went in. */

/** `ms` of a tone that glides up from 300 Hz by 1100 Hz a second and swells about nine times a second, like syllables. */
export function glide(sampleRateHz: number, ms: number, fromMs = 0): Int16Array {
  const samples = new Int16Array(Math.round((ms * sampleRateHz) / 1000));
  for (let i = 0; i < samples.length; i++) {
    const t = i / sampleRateHz + fromMs / 1000;
    const phase = 2 * Math.PI * (300 * t + 550 * t * t);
    samples[i] = Math.round(9000 * Math.sin(phase) * (0.65 + 0.35 * Math.sin(17 * Math.PI * t)));
  }
  return samples;
}

export function tone(sampleRateHz: number, ms: number, hz: number, amplitude = 16_000): Int16Array {
  return Int16Array.from({ length: Math.round((ms * sampleRateHz) / 1000) }, (_, i) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hz * i) / sampleRateHz)),
  );
}

export function silence(sampleRateHz: number, ms: number): Int16Array {
  return new Int16Array(Math.round((ms * sampleRateHz) / 1000));
}

export function bytesOf(samples: Int16Array): Buffer {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
}

export function samplesOf(bytes: Buffer): Int16Array {
  const samples = new Int16Array(bytes.length >> 1);
  bytesOf(samples).set(bytes.subarray(0, samples.byteLength));
  return samples;
}

export function interleaved(left: Int16Array, right: Int16Array): Int16Array {
  return Int16Array.from({ length: left.length * 2 }, (_, i) => (i % 2 === 0 ? left : right)[i >> 1] ?? 0);
}

export function rmsDb(samples: Int16Array, from = 0, to = samples.length): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += (samples[i] ?? 0) ** 2;
  return 10 * Math.log10(sum / Math.max(1, to - from) / 32768 ** 2 + 1e-12);
}

export interface Likeness {
  /** 1 is the same wave. */
  readonly correlation: number;
  /** Samples by which `heard` comes later. */
  readonly lag: number;
}

/** Lays `heard` over `expected` at the best of the lags up to `maxLag` either way. */
export function likeness(heard: Int16Array, expected: Int16Array, maxLag: number): Likeness {
  let best: Likeness = { correlation: -1, lag: 0 };
  for (let lag = -maxLag; lag <= maxLag; lag++) {
    const correlation = correlationAt(heard, expected, lag);
    if (correlation > best.correlation) best = { correlation, lag };
  }
  return best;
}

export function correlationAt(heard: Int16Array, expected: Int16Array, lag: number): number {
  let cross = 0;
  let a = 1e-9;
  let b = 1e-9;
  const from = Math.max(0, -lag);
  const to = Math.min(expected.length, heard.length - lag);
  for (let i = from; i < to; i++) {
    const x = heard[i + lag] ?? 0;
    const y = expected[i] ?? 0;
    cross += x * y;
    a += x * x;
    b += y * y;
  }
  return cross / Math.sqrt(a * b);
}
