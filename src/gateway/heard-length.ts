import { createAudioMeter, type AudioMeter } from '../audio/audio-meter.js';
import { sourceFormat } from '../audio/source-format.js';
import { bytesPerSample } from '../core/audio-format.js';
import type { StartPart } from '../core/speech-part.js';

const WAV_HEADER_BYTES = 44;

/** How long the audio is that a listener was sent. Plain samples are counted by their bytes, compressed ones by frames. */
export class HeardLength {
  private readonly bytesPerMs: number | undefined;
  private readonly meter: AudioMeter | undefined;
  private bytes: number;

  constructor(start: StartPart) {
    const format = sourceFormat(start);
    const wav = format.encoding === 'wav';
    const size = bytesPerSample(wav ? { ...format, encoding: 'pcm16' } : format);
    this.bytes = wav ? -WAV_HEADER_BYTES : 0;
    if (size === undefined) this.meter = createAudioMeter(format);
    else this.bytesPerMs = (size * format.sampleRateHz) / 1000;
  }

  take(data: Buffer): void {
    this.bytes += data.length;
    this.meter?.push(data);
  }

  get ms(): number {
    if (this.meter) return this.meter.audioMs;
    return Math.max(0, this.bytes / (this.bytesPerMs ?? 1));
  }
}
