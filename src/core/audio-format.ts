/** Every encoding a client may ask for (contract: `target_format`). `opus` is Ogg Opus, `aac` is ADTS. */
export const AUDIO_ENCODINGS = ['pcm16', 'wav', 'mp3', 'opus', 'flac', 'aac', 'mulaw', 'alaw'] as const;
export type AudioEncoding = (typeof AUDIO_ENCODINGS)[number];

/** Every sample rate a client may ask for, in Hz. */
export const SAMPLE_RATES_HZ = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000] as const;

/**
 * How bytes of audio are to be read. `pcm16` is signed 16-bit little-endian, interleaved, without a header;
 * `mulaw`/`alaw` are headerless G.711, one byte a sample.
 */
export interface AudioFormat {
  readonly encoding: AudioEncoding;
  readonly sampleRateHz: number;
  readonly channels: 1 | 2;
}

/** MIME type by encoding, as OpenAI clients and browsers expect it. `pcm` carries its rate as a parameter. */
export function mimeType(format: AudioFormat): string {
  switch (format.encoding) {
    case 'pcm16':
      return `audio/pcm;rate=${format.sampleRateHz}`;
    case 'wav':
      return 'audio/wav';
    case 'mp3':
      return 'audio/mpeg';
    case 'opus':
      return 'audio/ogg';
    case 'flac':
      return 'audio/flac';
    case 'aac':
      return 'audio/aac';
    case 'mulaw':
      return 'audio/basic';
    case 'alaw':
      return 'audio/x-alaw-basic';
  }
}

/** Bytes of one sample over all channels, for the encodings in which that is a constant; else undefined. */
export function bytesPerSample(format: AudioFormat): number | undefined {
  switch (format.encoding) {
    case 'pcm16':
      return 2 * format.channels;
    case 'mulaw':
    case 'alaw':
      return format.channels;
    default:
      return undefined;
  }
}

export function sameFormat(a: AudioFormat, b: AudioFormat): boolean {
  return a.encoding === b.encoding && a.sampleRateHz === b.sampleRateHz && a.channels === b.channels;
}
