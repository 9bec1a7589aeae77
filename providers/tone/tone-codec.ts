import { BANDS, DIGITS, SOUNDING, toneHz } from './chord.js';

/** Stands for a sound that is no whole character: cut off, joined with another, or no chord at all. */
export const BROKEN = '\ufffd';

/** Loudness is looked at in steps of this length, each over a window that even the lowest tone fills. */
const STEP_MS = 0.5;
const WINDOW_MS = 2;
/** Quieter than this share of the loud parts is silence. */
const SILENCE = 0.1;
/** Shorter than this is a beat between two tones and no pause. */
const BEAT_MS = 1;
/** Least share of the energy that the four tones must explain. */
const LEAST_EXPLAINED = 0.85;

interface Burst {
  start: number;
  end: number;
}

/**
 * The text that a recording of `tone` carries: PCM16, mono, at any rate from 8000 Hz. Survives resampling, G.711 and
 * mp3. It needs no knowledge of the speed; a pause between two utterances is read as a space.
 */
export function decodeTone(pcm: Buffer, sampleRateHz: number): string {
  const samples = new Int16Array(pcm.length >> 1);
  for (let index = 0; index < samples.length; index += 1) samples[index] = pcm.readInt16LE(index * 2);
  const bursts = findBursts(samples, sampleRateHz);
  const slot = slotLength(bursts);
  let text = '';
  let lastEnd = Infinity;
  for (const { start, end } of bursts) {
    if (start - lastEnd > slot * 0.75) text += ' ';
    const share = (end - start) / (slot * SOUNDING);
    text += share > 0.75 && share < 1.4 ? decodeBurst(samples.subarray(start, end), sampleRateHz) : BROKEN;
    lastEnd = end;
  }
  return text;
}

/** Distance between two characters, as most of them have it. */
function slotLength(bursts: readonly Burst[]): number {
  const lengths = bursts.map(({ start, end }) => (end - start) / SOUNDING).sort((a, b) => a - b);
  const distances = bursts.slice(1).map(({ start }, index) => start - (bursts[index]?.start ?? 0));
  distances.sort((a, b) => a - b);
  return distances[distances.length >> 1] ?? lengths[0] ?? 0;
}

function findBursts(samples: Int16Array, sampleRateHz: number): Burst[] {
  const step = Math.max(1, Math.round((sampleRateHz * STEP_MS) / 1000));
  const powers = powersOf(samples, step, Math.round((sampleRateHz * WINDOW_MS) / 1000));
  const loud = Float64Array.from(powers).sort()[Math.floor(powers.length * 0.9)] ?? 0;
  const bursts: Burst[] = [];
  if (loud < 1) return bursts;
  for (const [index, power] of powers.entries()) {
    if (power < loud * SILENCE) continue;
    const last = bursts.at(-1);
    if (last && (index * step - last.end) / sampleRateHz <= BEAT_MS / 1000) last.end = (index + 1) * step;
    else bursts.push({ start: index * step, end: (index + 1) * step });
  }
  return bursts.filter(({ start, end }) => end - start > sampleRateHz * 0.002);
}

/** Mean square around each step. */
function powersOf(samples: Int16Array, step: number, window: number): Float64Array {
  const powers = new Float64Array(Math.ceil(samples.length / step));
  for (let index = 0; index < powers.length; index += 1) {
    const middle = index * step + (step >> 1);
    let sum = 0;
    for (let at = middle - (window >> 1); at < middle + (window >> 1); at += 1) sum += (samples[at] ?? 0) ** 2;
    powers[index] = sum / window;
  }
  return powers;
}

function decodeBurst(burst: Int16Array, sampleRateHz: number): string {
  const margin = Math.round(burst.length * 0.08);
  const middle = burst.subarray(margin, burst.length - margin);
  let unit = 0;
  let explained = 0;
  for (let band = 0; band < BANDS; band += 1) {
    const powers = Array.from({ length: DIGITS }, (_, digit) => tonePower(middle, toneHz(band, digit) / sampleRateHz));
    const most = Math.max(...powers);
    unit |= powers.indexOf(most) << (4 * band);
    explained += most;
  }
  const total = middle.reduce((sum, sample) => sum + sample * sample, 0);
  return explained / total > LEAST_EXPLAINED ? String.fromCharCode(unit) : BROKEN;
}

/** Energy of one frequency (cycles per sample), by Goertzel's algorithm; a pure tone has all the energy of its samples. */
function tonePower(samples: Int16Array, frequency: number): number {
  const twice = 2 * Math.cos(2 * Math.PI * frequency);
  let before = 0;
  let value = 0;
  for (const sample of samples) {
    const next = sample + twice * value - before;
    before = value;
    value = next;
  }
  return ((value * value + before * before - twice * value * before) * 2) / samples.length;
}
