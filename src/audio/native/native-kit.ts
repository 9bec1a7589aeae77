import type { CodecKit } from '../codec-kit.js';
import { OPUS_CLOCK_HZ } from '../containers/opus-packet.js';
import { CODECS, AV_SAMPLE_FMT_FLTP, AV_SAMPLE_FMT_S16, AV_SAMPLE_FMT_S16P, openCodec } from './ffmpeg.js';
import type { CodecContext } from './node-av.js';
import { NativeDecoder } from './native-decoder.js';
import { NativeEncoder } from './native-encoder.js';
import { NativeResampler } from './native-resampler.js';

/** `lame_get_encoder_delay()`. */
const LAME_DELAY = 576;
const AAC_DELAY = 1024;

/** FFmpeg's codecs through node-av. Settings are those that were measured cheapest at a quality fit for speech. */
export const createKit = (): CodecKit => ({
  name: 'native',
  resampler: (fromHz, toHz) => new NativeResampler(fromHz, toHz),
  mp3Encoder: async (sampleRateHz, kbps) => {
    const settings = { sampleRateHz, kbps, sampleFormat: AV_SAMPLE_FMT_S16P };
    const options = { compression_level: 7, reservoir: 0 };
    return new NativeEncoder(await openCodec({ codec: CODECS.mp3Encoder(), options, ...settings }), LAME_DELAY, false);
  },
  opusEncoder: async (sampleRateHz, kbps) => {
    const settings = { sampleRateHz, kbps, sampleFormat: AV_SAMPLE_FMT_S16 };
    const options = { application: 'lowdelay', compression_level: 2, frame_duration: 20 };
    const context = await openCodec({ codec: CODECS.opusEncoder(), options, ...settings });
    return new NativeEncoder(context, (preSkip(context) * sampleRateHz) / OPUS_CLOCK_HZ, false);
  },
  aacEncoder: async (sampleRateHz, kbps) => {
    const settings = { sampleRateHz, kbps, sampleFormat: AV_SAMPLE_FMT_FLTP };
    const options = { aac_coder: 'fast' };
    return new NativeEncoder(await openCodec({ codec: CODECS.aacEncoder(), options, ...settings }), AAC_DELAY, false);
  },
  mp3Decoder: async () => new NativeDecoder(await openCodec({ codec: CODECS.mp3Decoder() })),
  opusDecoder: async () => {
    const settings = { sampleRateHz: OPUS_CLOCK_HZ, sampleFormat: AV_SAMPLE_FMT_S16 };
    return new NativeDecoder(await openCodec({ codec: CODECS.opusDecoder(), ...settings }));
  },
  aacDecoder: async () => new NativeDecoder(await openCodec({ codec: CODECS.aacDecoder() })),
});

/** Bytes 10 and 11 of the OpusHead that the encoder made. */
function preSkip(context: CodecContext): number {
  return context.extraData?.readUInt16LE(10) ?? 0;
}
