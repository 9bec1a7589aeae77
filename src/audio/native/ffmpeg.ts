import * as constants from 'node-av/constants';
import { CodecContext, Codec, Dictionary, Log, Rational, type ChannelLayout } from 'node-av/lib';

/** The codec layer of FFmpeg as node-av binds it: no demuxer (each holds a thread of the pool), no format context. */
export { Frame, Packet, SoftwareResampleContext } from 'node-av/lib';
export const { AV_SAMPLE_FMT_FLTP, AV_SAMPLE_FMT_S16, AV_SAMPLE_FMT_S16P } = constants;
export type { CodecContext } from 'node-av/lib';

export const MONO: ChannelLayout = { nbChannels: 1, order: constants.AV_CHANNEL_ORDER_NATIVE, mask: 4n };

// FFmpeg would write its remarks on our standard error; what matters comes back as a number.
Log.setLevel(constants.AV_LOG_QUIET);

/** The codecs used, by FFmpeg's names. */
export const CODECS = {
  mp3Encoder: () => Codec.findEncoderByName(constants.FF_ENCODER_LIBMP3LAME),
  opusEncoder: () => Codec.findEncoderByName(constants.FF_ENCODER_LIBOPUS),
  aacEncoder: () => Codec.findEncoderByName(constants.FF_ENCODER_AAC),
  mp3Decoder: () => Codec.findDecoderByName(constants.FF_DECODER_MP3FLOAT),
  opusDecoder: () => Codec.findDecoderByName(constants.FF_DECODER_LIBOPUS),
  aacDecoder: () => Codec.findDecoderByName(constants.FF_DECODER_AAC),
};

export interface CodecSettings {
  readonly codec: Codec | null;
  readonly options?: Readonly<Record<string, string | number>>;
  readonly sampleRateHz?: number;
  readonly sampleFormat?: constants.AVSampleFormat;
  readonly kbps?: number;
}

/**
 * An open codec. Options go in through the asynchronous `open2`: `open2Sync` with a dictionary frees it twice and
 * takes the process down. One thread, because the host has one core.
 */
export async function openCodec(settings: CodecSettings): Promise<CodecContext> {
  const { codec, options = {}, sampleRateHz, sampleFormat, kbps } = settings;
  if (codec === null) throw new Error('node-av was built without a codec that is needed');
  const context = new CodecContext();
  context.allocContext3(codec);
  context.threadCount = 1;
  if (sampleRateHz !== undefined) {
    context.sampleRate = sampleRateHz;
    context.timeBase = new Rational(1, sampleRateHz);
    context.channelLayout = MONO;
  }
  if (sampleFormat !== undefined) context.sampleFormat = sampleFormat;
  if (kbps !== undefined) context.bitRate = BigInt(kbps * 1000);
  const status = await context.open2(codec, Dictionary.fromObject(options));
  if (status < 0) {
    context.freeContext();
    throw new Error(`${codec.name} could not be opened: FFmpeg status ${status}`);
  }
  return context;
}
