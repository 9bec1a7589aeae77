import type { AudioFormat } from '../core/audio-format.js';
import { SpeechError } from '../core/speech-error.js';
import { wavHeader } from './containers/wav-header.js';
import { pcmBytes, type AudioEncoder } from './pcm.js';

/** The announced length is in milliseconds and the sound in samples: so far they may differ by rounding. */
const TOLERANCE_MS = 10;

/**
 * WAV as a stream. With `lengthMs` the header holds true sizes, and the data is brought to exactly that size by at
 * most 10 ms of silence or cut; else both sizes are 0xFFFFFFFF.
 */
export class WavEncoder implements AudioEncoder {
  private readonly dataBytes: number | undefined;
  private begun = false;
  private written = 0;

  constructor(
    private readonly format: AudioFormat,
    lengthMs: number | undefined,
  ) {
    this.dataBytes = lengthMs === undefined ? undefined : 2 * Math.round((lengthMs * format.sampleRateHz) / 1000);
  }

  encode(samples: Int16Array): Buffer {
    const bytes = pcmBytes(samples);
    const room = this.dataBytes === undefined ? bytes.length : this.dataBytes - this.written;
    this.assertNear(bytes.length - room);
    return this.write(bytes.subarray(0, Math.max(0, room)));
  }

  finish(): Buffer {
    const missing = this.dataBytes === undefined ? 0 : this.dataBytes - this.written;
    this.assertNear(missing);
    return this.begun && missing === 0 ? Buffer.alloc(0) : this.write(Buffer.alloc(missing));
  }

  close(): void {}

  private write(data: Buffer): Buffer {
    this.written += data.length;
    if (this.begun) return data;
    this.begun = true;
    return Buffer.concat([wavHeader(this.format, this.dataBytes), data]);
  }

  private assertNear(bytesOff: number): void {
    if (bytesOff <= (2 * TOLERANCE_MS * this.format.sampleRateHz) / 1000) return;
    throw new SpeechError('internal', 'The audio is not as long as it was announced to be.', {
      cause: `${bytesOff} bytes off`,
    });
  }
}
