import { chordHz, SOUNDING } from './chord.js';

/** Amplitude of one of the four tones at volume 0, of full scale 1. */
const TONE_AMPLITUDE = 0.15;
/** Share of a character's length over which it swells and fades. */
const RAMP = 0.08;

export interface ToneSynthOptions {
  readonly sampleRateHz: number;
  /** Length of one character. */
  readonly characterMs: number;
  /** 1 is the usual loudness. */
  readonly gain: number;
}

/** One utterance as samples, computed where they are asked for: nothing is kept but the text, which may grow. */
export class ToneSynth {
  /** Samples of one character. */
  readonly slot: number;
  private readonly sounding: number;
  private readonly ramp: number;
  private ended = true;

  constructor(
    private text: string,
    private readonly options: ToneSynthOptions,
  ) {
    this.slot = Math.max(8, Math.round((options.sampleRateHz * options.characterMs) / 1000));
    this.sounding = Math.round(this.slot * SOUNDING);
    this.ramp = Math.max(1, Math.round(this.slot * RAMP));
  }

  /** Of text that is still to be appended. */
  static growing(options: ToneSynthOptions): ToneSynth {
    const synth = new ToneSynth('', options);
    synth.ended = false;
    return synth;
  }

  get characters(): number {
    return this.text.length;
  }

  append(text: string): void {
    this.text += text;
  }

  /** No more text comes. */
  end(): void {
    this.ended = true;
  }

  /** The characters so far, and at the end a pause as long as one of them. */
  get samples(): number {
    return (this.text.length + (this.ended ? 1 : 0)) * this.slot;
  }

  /** Samples `from` to `from + count`, 16 bits each; after the end comes the utterance again. */
  render(from: number, count: number): Int16Array {
    const out = new Int16Array(count);
    for (let at = from; at < from + count;) {
      const slotStart = at - (at % this.slot);
      const character = (slotStart / this.slot) % (this.text.length + 1);
      const end = Math.min(slotStart + this.slot, from + count);
      if (character < this.text.length) {
        this.renderCharacter(this.text.charCodeAt(character), at - slotStart, end - slotStart, out, at - from);
      }
      at = end;
    }
    return out;
  }

  private renderCharacter(unit: number, first: number, end: number, out: Int16Array, offset: number): void {
    const last = Math.min(end, this.sounding);
    if (first >= last) return;
    const sum = new Float64Array(last - first);
    for (const hz of chordHz(unit)) addSine((2 * Math.PI * hz) / this.options.sampleRateHz, first, sum);
    const scale = TONE_AMPLITUDE * this.options.gain * 32_767;
    for (const [index, value] of sum.entries())
      out[offset + index] = Math.round(value * scale * this.envelope(first + index));
  }

  private envelope(sample: number): number {
    const edge = Math.min(sample + 1, this.sounding - sample);
    return edge >= this.ramp ? 1 : (1 - Math.cos((Math.PI * edge) / this.ramp)) / 2;
  }
}

// A recurrence instead of a sine per sample: two thirds of the cost of a stream would be Math.sin.
function addSine(step: number, first: number, sum: Float64Array): void {
  const twice = 2 * Math.cos(step);
  let before = Math.sin(step * (first - 2));
  let value = Math.sin(step * (first - 1));
  for (let index = 0; index < sum.length; index += 1) {
    const next = twice * value - before;
    before = value;
    value = next;
    sum[index] = (sum[index] ?? 0) + next;
  }
}
