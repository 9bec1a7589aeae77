import { clip16 } from './pcm.js';

/** Changes the rate of one mono stream. The sum of all output is `round(input × to / from)` samples, in time with the input. */
export interface Resampler {
  process(samples: Int16Array): Int16Array;
  flush(): Int16Array;
  close(): void;
}

/** Zero crossings on each side of the kernel: 64 taps at the lower of the two rates. */
const CROSSINGS = 32;
/** Kaiser window: about 72 dB of stop band. */
const BETA = 7;
/** Middle of the transition, as a part of the lower Nyquist frequency: it ends at 1.0, so nothing folds back. */
const CUTOFF = 0.93;
/** Rates with a large common ratio have fewer phases than this; for odd ones the nearest phase is 70 dB exact. */
const MAX_PHASES = 2048;

interface Kernel {
  readonly up: number;
  readonly down: number;
  readonly phases: number;
  readonly taps: number;
  /** `phases` rows of `taps` weights. */
  readonly weights: Float32Array;
}

/** A windowed-sinc polyphase filter in plain TypeScript, for where there is no native engine. */
export class SincResampler implements Resampler {
  private readonly kernel: Kernel;
  /** Input not yet passed by the filter; starts with half a kernel of silence, so that output is in time with input. */
  private held: Float32Array;
  private heldLength: number;
  /** Position of the next output between `held[0]` and its neighbour, in units of 1/up input samples. */
  private offset = 0;
  private inputs = 0;
  private outputs = 0;

  constructor(
    private readonly fromHz: number,
    private readonly toHz: number,
  ) {
    this.kernel = kernelFor(fromHz, toHz);
    this.held = new Float32Array(4 * this.kernel.taps);
    this.heldLength = this.kernel.taps / 2 - 1;
  }

  process(samples: Int16Array): Int16Array {
    this.inputs += samples.length;
    this.append(samples);
    return this.filter(Infinity);
  }

  flush(): Int16Array {
    const wanted = Math.round((this.inputs * this.toHz) / this.fromHz);
    this.append(new Int16Array(this.kernel.taps / 2 + Math.ceil(this.kernel.down / this.kernel.up)));
    return this.filter(wanted);
  }

  close(): void {}

  private append(samples: Int16Array): void {
    const needed = this.heldLength + samples.length;
    if (needed > this.held.length) {
      const larger = new Float32Array(2 * needed);
      larger.set(this.held.subarray(0, this.heldLength));
      this.held = larger;
    }
    this.held.set(samples, this.heldLength);
    this.heldLength = needed;
  }

  private filter(limit: number): Int16Array {
    const { up, down, phases, taps, weights } = this.kernel;
    const { held } = this;
    const ready = Math.max(0, Math.ceil(((this.heldLength - taps + 1) * up - this.offset) / down));
    const output = new Int16Array(Math.max(0, Math.min(ready, limit - this.outputs)));
    let at = 0;
    let offset = this.offset;
    for (let n = 0; n < output.length; n++) {
      const row = Math.floor((offset * phases) / up) * taps;
      let sum = 0;
      for (let k = 0; k < taps; k++) sum += (held[at + k] ?? 0) * (weights[row + k] ?? 0);
      output[n] = clip16(sum);
      offset += down;
      const steps = Math.floor(offset / up);
      at += steps;
      offset -= steps * up;
    }
    this.offset = offset;
    this.outputs += output.length;
    held.copyWithin(0, at, this.heldLength);
    this.heldLength -= at;
    return output;
  }
}

// A table is 10-300 KiB and the same for every stream between two rates; a host sees few pairs.
const kernels = new Map<string, Kernel>();
const MAX_KERNELS = 64;

function kernelFor(fromHz: number, toHz: number): Kernel {
  const key = `${fromHz}>${toHz}`;
  let kernel = kernels.get(key);
  if (kernel === undefined) {
    if (kernels.size >= MAX_KERNELS) kernels.clear();
    kernel = makeKernel(fromHz, toHz);
    kernels.set(key, kernel);
  }
  return kernel;
}

function makeKernel(fromHz: number, toHz: number): Kernel {
  const divisor = greatestCommonDivisor(fromHz, toHz);
  const up = toHz / divisor;
  const down = fromHz / divisor;
  const phases = Math.min(up, MAX_PHASES);
  const shrink = Math.max(1, fromHz / toHz);
  const taps = 2 * Math.ceil(CROSSINGS * shrink);
  const cutoff = CUTOFF / shrink;
  const weights = new Float32Array(phases * taps);
  for (let phase = 0; phase < phases; phase++) {
    const row = weights.subarray(phase * taps, (phase + 1) * taps);
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const distance = k - (taps / 2 - 1) - phase / phases;
      const weight = sinc(cutoff * distance) * kaiser(distance / (taps / 2));
      row[k] = weight;
      sum += weight;
    }
    // Each phase passes a constant unchanged, or a constant would come out with a tone at the phase rate.
    for (let k = 0; k < taps; k++) row[k] = (row[k] ?? 0) / sum;
  }
  return { up, down, phases, taps, weights };
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) > 1 ? 0 : bessel0(BETA * Math.sqrt(1 - x * x)) / bessel0(BETA);
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function bessel0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
