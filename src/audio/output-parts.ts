import type { AudioFormat } from '../core/audio-format.js';
import type { AudioPart, CompletePart, StartPart } from '../core/speech-part.js';

/** Numbers the audio parts of one stream and counts what they hold. */
export class OutputParts {
  private seq = 0;
  private bytes = 0;

  audio(data: Buffer, segment: number): AudioPart {
    this.bytes += data.length;
    return { type: 'audio', seq: this.seq++, data, segment };
  }

  /** The source's last part with what really left. */
  complete(source: CompletePart, audioMs: number): CompletePart {
    return { ...source, audioMs: Math.round(audioMs), bytes: this.bytes, lastSeq: this.seq - 1 };
  }
}

export function startIn(start: StartPart, { encoding, sampleRateHz, channels }: AudioFormat): StartPart {
  return { ...start, format: encoding, sampleRateHz, channels };
}
