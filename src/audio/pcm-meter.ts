import type { AudioFormat } from '../core/audio-format.js';
import type { AudioMeter } from './audio-meter.js';

/** Every seventh sample tells silence from speech as surely; odd, so that stereo is heard on both sides. */
const STRIDE_BYTES = 14;

/** Measures `pcm16` where it lies: this runs over every chunk that is passed through, so nothing is copied. */
export function pcmMeter({ sampleRateHz, channels }: AudioFormat): AudioMeter {
  const frameBytes = 2 * channels;
  let frames = 0;
  let clipBytes = 0;
  let sum = 0;
  let count = 0;
  return {
    push: (bytes) => {
      // A chunk may begin with the second half of a sample.
      for (let at = clipBytes & 1; at + 1 < bytes.length; at += STRIDE_BYTES) {
        const sample = ((bytes[at + 1]! << 24) >> 16) | bytes[at]!;
        sum += sample * sample;
        count += 1;
      }
      clipBytes += bytes.length;
    },
    // Half a sample at the end of a clip is no part of the next.
    joint: () => {
      frames += Math.floor(clipBytes / frameBytes);
      clipBytes = 0;
    },
    end: () => {},
    get audioMs() {
      return ((frames + Math.floor(clipBytes / frameBytes)) / sampleRateHz) * 1000;
    },
    get dbfs() {
      return count === 0 ? -Infinity : 10 * Math.log10(sum / count / 32768 ** 2);
    },
  };
}
