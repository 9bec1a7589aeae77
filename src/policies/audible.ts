import type { SpeechPart } from '../core/speech-part.js';
import type { HeardTest } from './opened-speech.js';

/** -60 dBFS as the mean square of 16-bit samples: 32.768². */
export const AUDIBLE_MEAN_SQUARE = (32768 * 10 ** (-60 / 20)) ** 2;
/** Leading silence is held back no longer than this, in bytes of PCM (1 s at 24 kHz). */
const MAX_SILENCE_BYTES = 48_000;
/** Samples over which loudness is taken: 10 ms at 8 kHz. */
const WINDOW = 80;

/** Whether any stretch of little-endian 16-bit samples is louder than -60 dBFS. */
export function isAudiblePcm(data: Buffer): boolean {
  const samples = data.length >> 1;
  for (let at = 0; at < samples; at += WINDOW) {
    const end = Math.min(samples, at + WINDOW);
    let sum = 0;
    for (let i = at; i < end; i += 1) sum += data.readInt16LE(i * 2) ** 2;
    if (sum / (end - at) > AUDIBLE_MEAN_SQUARE) return true;
  }
  return false;
}

/** True at the first audio that can be heard; of encoded audio, at the first. One for each stream. */
export function firstAudible(): HeardTest {
  let pcm = false;
  let silentBytes = 0;
  return (part: SpeechPart) => {
    if (part.type === 'start') pcm = part.format === 'pcm16';
    if (part.type !== 'audio' || part.data.length === 0) return false;
    if (!pcm || isAudiblePcm(part.data)) return true;
    silentBytes += part.data.length;
    return silentBytes >= MAX_SILENCE_BYTES;
  };
}
