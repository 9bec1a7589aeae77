import type { AudioFormat } from '../core/audio-format.js';
import type { StartPart } from '../core/speech-part.js';

/** The format that a `start` part announces. */
export function sourceFormat({ format, sampleRateHz, channels }: StartPart): AudioFormat {
  return { encoding: format, sampleRateHz, channels };
}
