import type { AudioEncoding, AudioFormat } from '../../src/core/audio-format.js';
import type { SpeechRequest } from '../../src/core/speech-request.js';

/**
 * What to ask a vendor for that makes `formats` at `ownRateHz`: the client's own encoding where it is made at the rate
 * that is wanted, so that nothing is transcoded; else samples, which cost least to change. Containers of samples are
 * not asked for where bare samples are to be had.
 */
export function askedFormat(
  { targetFormat, sampleRateHz }: SpeechRequest,
  formats: readonly AudioEncoding[],
  ownRateHz: number,
): AudioFormat {
  const rateHz = targetFormat === 'mulaw' || targetFormat === 'alaw' ? 8000 : ownRateHz;
  const anyRate = targetFormat === 'pcm16' || targetFormat === 'opus';
  const fits = targetFormat !== 'wav' && (anyRate || (sampleRateHz ?? rateHz) === rateHz);
  if (fits && formats.includes(targetFormat)) return { encoding: targetFormat, sampleRateHz: rateHz, channels: 1 };
  const samples = (['pcm16', 'wav'] as const).find((encoding) => formats.includes(encoding));
  return { encoding: samples ?? formats[0] ?? 'pcm16', sampleRateHz: ownRateHz, channels: 1 };
}
