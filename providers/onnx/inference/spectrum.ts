/** Size of the transform of the public Vocos vocoders; the hop follows from the number of frames. */
const TRANSFORM = 1024;
const HOP = 256;

/**
 * Audio of [1, bins, frames] magnitudes and the cosine and sine of their phases: the inverse short-time Fourier
 * transform with a periodic Hann window, centred, as Vocos is trained with.
 */
export function inverseSpectrum(
  magnitude: Float32Array,
  cosine: Float32Array,
  sine: Float32Array,
  frames: number,
): Float32Array {
  const bins = TRANSFORM / 2 + 1;
  const window = Float64Array.from(
    { length: TRANSFORM },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / TRANSFORM),
  );
  const length = (frames - 1) * HOP + TRANSFORM;
  const sum = new Float64Array(length);
  const weight = new Float64Array(length);
  const real = new Float64Array(TRANSFORM);
  const imaginary = new Float64Array(TRANSFORM);
  for (let frame = 0; frame < frames; frame += 1) {
    for (let bin = 0; bin < bins; bin += 1) {
      const at = bin * frames + frame;
      const size = magnitude[at] ?? 0;
      setBin(real, imaginary, bin, size * (cosine[at] ?? 0), size * (sine[at] ?? 0));
    }
    transformBack(real, imaginary);
    for (let i = 0; i < TRANSFORM; i += 1) {
      const shape = window[i] ?? 0;
      sum[frame * HOP + i] = (sum[frame * HOP + i] ?? 0) + (real[i] ?? 0) * shape;
      weight[frame * HOP + i] = (weight[frame * HOP + i] ?? 0) + shape * shape;
    }
  }
  const half = TRANSFORM / 2;
  return Float32Array.from({ length: Math.max(0, length - TRANSFORM) }, (_, i) => {
    return (sum[i + half] ?? 0) / Math.max(1e-11, weight[i + half] ?? 0);
  });
}

/** A real signal has the conjugate of each bin at the mirrored place; the first and the middle bin are real. */
function setBin(real: Float64Array, imaginary: Float64Array, bin: number, re: number, im: number): void {
  const edge = bin === 0 || bin === TRANSFORM / 2;
  real[bin] = re;
  imaginary[bin] = edge ? 0 : im;
  if (edge) return;
  real[TRANSFORM - bin] = re;
  imaginary[TRANSFORM - bin] = -im;
}

/** In-place inverse fast Fourier transform, radix 2, scaled by 1/n. */
function transformBack(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i += 1) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j] ?? 0, real[i] ?? 0];
      [imaginary[i], imaginary[j]] = [imaginary[j] ?? 0, imaginary[i] ?? 0];
    }
  }
  for (let size = 2; size <= n; size *= 2) {
    for (let start = 0; start < n; start += size) butterflies(real, imaginary, start, size);
  }
  for (let i = 0; i < n; i += 1) {
    real[i] = (real[i] ?? 0) / n;
    imaginary[i] = (imaginary[i] ?? 0) / n;
  }
}

function butterflies(real: Float64Array, imaginary: Float64Array, start: number, size: number): void {
  const half = size / 2;
  for (let i = 0; i < half; i += 1) {
    const angle = (2 * Math.PI * i) / size;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const [a, b] = [start + i, start + i + half];
    const [br, bi] = [real[b] ?? 0, imaginary[b] ?? 0];
    const [tr, ti] = [br * c - bi * s, br * s + bi * c];
    const [ar, ai] = [real[a] ?? 0, imaginary[a] ?? 0];
    real[a] = ar + tr;
    imaginary[a] = ai + ti;
    real[b] = ar - tr;
    imaginary[b] = ai - ti;
  }
}
