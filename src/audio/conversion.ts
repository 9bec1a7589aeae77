import type { AudioEncoder, PcmSink } from './pcm.js';
import { Loudness } from './loudness.js';
import type { Resampler } from './resampler.js';

export interface ConversionParts {
  readonly encoder: AudioEncoder;
  /** The rate the encoder was made for. */
  readonly sampleRateHz: number;
  readonly resampler: (fromHz: number, toHz: number) => Resampler;
}

/** What was heard, once it has ended. */
export interface HeardAudio {
  readonly audioMs: number;
  readonly dbfs: number;
}

/**
 * The way of the samples from a decoder to the one encoder of a speech. The decoder tells the true rate with each
 * block, and may change it (another clip after a joint): the resampler follows, the encoder goes on.
 */
export class Conversion {
  private readonly loudness = new Loudness();
  private resampler: { readonly fromHz: number; readonly stage: Resampler } | undefined;
  private encodedSamples = 0;
  private ready: Buffer[] = [];

  constructor(private readonly parts: ConversionParts) {}

  /** Where the decoder puts its samples. */
  readonly sink: PcmSink = (samples, sampleRateHz) => {
    this.loudness.add(samples);
    if (this.resampler && this.resampler.fromHz !== sampleRateHz) this.dropResampler();
    if (sampleRateHz === this.parts.sampleRateHz) return this.encode(samples);
    this.resampler ??= { fromHz: sampleRateHz, stage: this.parts.resampler(sampleRateHz, this.parts.sampleRateHz) };
    this.encode(this.resampler.stage.process(samples));
  };

  /** The bytes made since the last call. */
  take(): Buffer {
    const [first, ...more] = this.ready;
    this.ready = [];
    if (first === undefined) return Buffer.alloc(0);
    return more.length === 0 ? first : Buffer.concat([first, ...more]);
  }

  /** The last bytes; the decoder has ended before. */
  finish(): Buffer {
    this.dropResampler();
    this.ready.push(this.parts.encoder.finish());
    return this.take();
  }

  get heard(): HeardAudio {
    return { audioMs: (this.encodedSamples / this.parts.sampleRateHz) * 1000, dbfs: this.loudness.dbfs };
  }

  close(): void {
    this.resampler?.stage.close();
    this.resampler = undefined;
    this.parts.encoder.close();
  }

  private dropResampler(): void {
    const { resampler } = this;
    if (resampler === undefined) return;
    this.encode(resampler.stage.flush());
    resampler.stage.close();
    this.resampler = undefined;
  }

  private encode(samples: Int16Array): void {
    if (samples.length === 0) return;
    this.encodedSamples += samples.length;
    const bytes = this.parts.encoder.encode(samples);
    if (bytes.length > 0) this.ready.push(bytes);
  }
}
