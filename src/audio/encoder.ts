import type { AudioFormat } from '../core/audio-format.js';
import { packetStream } from './packet-stream.js';
import type { CodecKit, PacketEncoder } from './codec-kit.js';
import { adtsHeader } from './containers/adts.js';
import { mp3TagFrame } from './containers/mp3-frame.js';
import { OggOpusWriter } from './containers/ogg-opus-writer.js';
import { OPUS_CLOCK_HZ } from './containers/opus-packet.js';
import { FlacEncoder } from './flac/flac-encoder.js';
import { ALAW, MULAW } from './g711.js';
import { pcmBytes, type AudioEncoder } from './pcm.js';
import { WavEncoder } from './wav-encoder.js';

/**
 * What writes `format`, mono. `lengthMs`: how long the sound will be, where that is known before it begins; only WAV
 * has a use for it.
 */
export async function createEncoder(format: AudioFormat, kit: CodecKit, lengthMs?: number): Promise<AudioEncoder> {
  const { encoding, sampleRateHz } = format;
  switch (encoding) {
    case 'mp3':
      return mp3(await kit.mp3Encoder(sampleRateHz, mp3Kbps(sampleRateHz)), sampleRateHz);
    case 'opus':
      return opus(await kit.opusEncoder(sampleRateHz, opusKbps(sampleRateHz)), sampleRateHz);
    case 'aac':
      return aac(await kit.aacEncoder(sampleRateHz, aacKbps(sampleRateHz)), sampleRateHz);
    default:
      return createPlainEncoder(format, lengthMs);
  }
}

/** The encodings that plain TypeScript writes. */
export function createPlainEncoder(format: AudioFormat, lengthMs?: number): AudioEncoder {
  switch (format.encoding) {
    case 'wav':
      return new WavEncoder(format, lengthMs);
    case 'flac':
      return new FlacEncoder(format.sampleRateHz);
    case 'mulaw':
      return sampleWise(MULAW.encode);
    case 'alaw':
      return sampleWise(ALAW.encode);
    default:
      return sampleWise(pcmBytes);
  }
}

function sampleWise(encode: (samples: Int16Array) => Buffer): AudioEncoder {
  return { encode, finish: () => Buffer.alloc(0), close: () => {} };
}

function mp3(codec: PacketEncoder, sampleRateHz: number): AudioEncoder {
  const tag = mp3TagFrame(sampleRateHz, mp3Kbps(sampleRateHz), codec.delaySamples);
  return packetStream(codec, { header: tag, wrap: (packets) => Buffer.concat(packets) });
}

function aac(codec: PacketEncoder, sampleRateHz: number): AudioEncoder {
  return packetStream(codec, {
    wrap: (packets) => Buffer.concat(packets.flatMap((packet) => [adtsHeader(sampleRateHz, packet.length), packet])),
  });
}

function opus(codec: PacketEncoder, sampleRateHz: number): AudioEncoder {
  const preSkip = Math.round((codec.delaySamples * OPUS_CLOCK_HZ) / sampleRateHz);
  const pages = new OggOpusWriter({ preSkip, inputRateHz: sampleRateHz });
  return packetStream(codec, {
    wrap: (packets) => pages.write(packets),
    wrapLast: (packets, samples) => pages.finish(packets, samples),
  });
}

// Constant bit rates at which one voice is good; lower sample rates have less to tell.
function mp3Kbps(sampleRateHz: number): number {
  if (sampleRateHz >= 44100) return 128;
  if (sampleRateHz >= 32000) return 96;
  return sampleRateHz >= 22050 ? 64 : sampleRateHz >= 16000 ? 48 : 32;
}

function opusKbps(sampleRateHz: number): number {
  return sampleRateHz >= 24000 ? 48 : sampleRateHz >= 12000 ? 32 : 24;
}

function aacKbps(sampleRateHz: number): number {
  return sampleRateHz >= 44100 ? 96 : sampleRateHz >= 22050 ? 64 : 32;
}
