import type { Resampler } from './resampler.js';

/** A codec without its container: samples of one mono stream in, packets out. */
export interface PacketEncoder {
  /** What the encoder puts in front of the sound, in samples at its own rate. */
  readonly delaySamples: number;
  encode(samples: Int16Array): Uint8Array[];
  /** The rest; the last packet is padded with silence. */
  finish(): Uint8Array[];
  close(): void;
}

/** The other way. A packet that does not decode throws; the stream may go on with the next. */
export interface PacketDecoder {
  /** 16-bit mono. Some decoders hold a packet back. */
  decode(packet: Uint8Array): DecodedSamples;
  /** What was held back. */
  finish(): DecodedSamples;
  close(): void;
}

export interface DecodedSamples {
  readonly samples: Int16Array;
  readonly sampleRateHz: number;
}

/**
 * What differs between the native and the permissive engine. Containers, PCM, G.711 and FLAC are plain TypeScript and
 * the same for both. Opus is decoded at 48 kHz and encoded at 8, 12, 16, 24 or 48 kHz.
 */
export interface CodecKit {
  readonly name: 'native' | 'permissive';
  resampler(fromHz: number, toHz: number): Resampler;
  mp3Encoder(sampleRateHz: number, kbps: number): Promise<PacketEncoder>;
  opusEncoder(sampleRateHz: number, kbps: number): Promise<PacketEncoder>;
  /** Throws `unsupported` where there is none. */
  aacEncoder(sampleRateHz: number, kbps: number): Promise<PacketEncoder>;
  mp3Decoder(): Promise<PacketDecoder>;
  opusDecoder(): Promise<PacketDecoder>;
  /** Takes ADTS frames, header included. Throws `unsupported` where there is none. */
  aacDecoder(): Promise<PacketDecoder>;
}
