import { SAMPLE_RATES_HZ, type AudioEncoding, type AudioFormat } from '../core/audio-format.js';
import { SpeechError } from '../core/speech-error.js';

/** RFC 6716 section 2: the rates an Opus coder runs at. */
const OPUS_RATES_HZ = [8000, 12000, 16000, 24000, 48000] as const;
const MIN_RATE_HZ = 8000;
const MAX_RATE_HZ = 48000;

/**
 * What a client gets: mono, in the encoding asked for, at the rate asked for or the best one that exists.
 *
 * Without a wish the rate is the source's own; 8000 Hz for G.711; for Opus, MP3 and AAC the nearest rate of the
 * codec that loses nothing of the source. For Opus `sampleRateHz` is the rate that is coded (and named in the stream's
 * header); a decoder may still hand out 48 kHz, as RFC 7845 lets it.
 *
 * Throws `unsupported` with `param: 'sample_rate_hz'` for a pair that cannot exist.
 */
export function negotiateFormat(
  encoding: AudioEncoding,
  askedRateHz: number | undefined,
  sourceRateHz: number,
): { format: AudioFormat } {
  if (askedRateHz !== undefined) assertPossible(encoding, askedRateHz);
  return { format: { encoding, sampleRateHz: askedRateHz ?? defaultRate(encoding, sourceRateHz), channels: 1 } };
}

function assertPossible(encoding: AudioEncoding, rateHz: number): void {
  const rates: readonly number[] = encoding === 'opus' ? OPUS_RATES_HZ : SAMPLE_RATES_HZ;
  if (rates.includes(rateHz)) return;
  throw new SpeechError(
    'unsupported',
    `sample_rate_hz: ${encoding} cannot be made at ${rateHz} Hz; it can at ${rates.join(', ')} Hz.`,
    { param: 'sample_rate_hz' },
  );
}

function defaultRate(encoding: AudioEncoding, sourceRateHz: number): number {
  switch (encoding) {
    case 'pcm16':
    case 'wav':
    case 'flac':
      return Math.min(Math.max(Math.round(sourceRateHz), MIN_RATE_HZ), MAX_RATE_HZ);
    case 'mulaw':
    case 'alaw':
      return 8000;
    case 'opus':
      return atLeast(OPUS_RATES_HZ, sourceRateHz);
    case 'mp3':
    case 'aac':
      return atLeast(SAMPLE_RATES_HZ, sourceRateHz);
  }
}

function atLeast(ratesHz: readonly number[], wantedHz: number): number {
  return ratesHz.find((rateHz) => rateHz >= wantedHz) ?? MAX_RATE_HZ;
}
