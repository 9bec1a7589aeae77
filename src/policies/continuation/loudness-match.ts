import { VoiceLevel } from './voice-level.js';

/** A voice is never moved further than this, up or down: 9 dB. */
const MAX_GAIN = 10 ** (9 / 20);
/** The gain is final when this much speech of the new voice was heard. */
const SETTLED_MS = 2000;
/** Slower than this the change is not heard: 12 dB a second. */
const DB_PER_SECOND = 12;
const PEAK = 32_000;

/** Brings a voice to the loudness of the one before it, from its first chunk on and ever more exactly. */
export class LoudnessMatch {
  private readonly level: VoiceLevel;
  private gain: number | undefined;

  /** `targetRms`: of the voice before; 0 when it was not heard, and then nothing is changed. */
  constructor(
    private readonly targetRms: number,
    private readonly sampleRateHz: number,
  ) {
    this.level = new VoiceLevel(sampleRateHz);
  }

  /** Changes the samples in place. */
  apply(samples: Int16Array): void {
    if (this.targetRms === 0 || samples.length === 0) return;
    if (this.level.voicedMs < SETTLED_MS) this.level.add(samples);
    const wanted = this.wanted();
    if (wanted === undefined) return;
    const from = this.gain ?? wanted;
    const step = 10 ** ((DB_PER_SECOND * samples.length) / this.sampleRateHz / 20);
    const to = Math.min(from * step, Math.max(from / step, wanted));
    this.gain = withinPeak(samples, from, to);
  }

  private wanted(): number | undefined {
    const { rms } = this.level;
    return rms === 0 ? undefined : Math.min(MAX_GAIN, Math.max(1 / MAX_GAIN, this.targetRms / rms));
  }
}

/** Ramps from one gain to the other, lower where the loudest sample would clip; returns the gain reached. */
function withinPeak(samples: Int16Array, from: number, to: number): number {
  let peak = 1;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  const most = Math.max(1, PEAK / peak);
  const first = Math.min(from, most);
  const last = Math.min(to, most);
  if (Math.abs(first - 1) < 0.01 && Math.abs(last - 1) < 0.01) return last;
  const slope = (last - first) / samples.length;
  for (let i = 0; i < samples.length; i += 1) samples[i] = Math.round((samples[i] ?? 0) * (first + slope * i));
  return last;
}
