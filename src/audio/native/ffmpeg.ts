import { loadNodeAv, type ChannelLayout, type CodecContext, type CodecDescription } from './node-av.js';

const av = await loadNodeAv();

/** The codec layer of FFmpeg as node-av binds it: no demuxer (each holds a thread of the pool), no format context. */
export const { Frame, Packet, SoftwareResampleContext } = av;
export const { AV_SAMPLE_FMT_FLTP, AV_SAMPLE_FMT_S16, AV_SAMPLE_FMT_S16P } = av;

export const MONO: ChannelLayout = { nbChannels: 1, order: av.AV_CHANNEL_ORDER_NATIVE, mask: 4n };

// FFmpeg would write its remarks on our standard error; what matters comes back as a number.
av.Log.setLevel(av.AV_LOG_QUIET);

/** The codecs used, by FFmpeg's names. */
export const CODECS = {
  mp3Encoder: () => av.Codec.findEncoderByName('libmp3lame'),
  opusEncoder: () => av.Codec.findEncoderByName('libopus'),
  aacEncoder: () => av.Codec.findEncoderByName('aac'),
  mp3Decoder: () => av.Codec.findDecoderByName('mp3float'),
  opusDecoder: () => av.Codec.findDecoderByName('libopus'),
  aacDecoder: () => av.Codec.findDecoderByName('aac'),
};

export interface CodecSettings {
  readonly codec: CodecDescription | null;
  readonly options?: Readonly<Record<string, string | number>>;
  readonly sampleRateHz?: number;
  readonly sampleFormat?: number;
  readonly kbps?: number;
}

/**
 * An open codec. Options go in through the asynchronous `open2`: `open2Sync` with a dictionary frees it twice and
 * takes the process down. One thread, because the host has one core.
 */
export async function openCodec(settings: CodecSettings): Promise<CodecContext> {
  const { codec, options = {}, sampleRateHz, sampleFormat, kbps } = settings;
  if (codec === null) throw new Error('node-av was built without a codec that is needed');
  const context = new av.CodecContext();
  context.allocContext3(codec);
  context.threadCount = 1;
  if (sampleRateHz !== undefined) {
    context.sampleRate = sampleRateHz;
    context.timeBase = new av.Rational(1, sampleRateHz);
    context.channelLayout = MONO;
  }
  if (sampleFormat !== undefined) context.sampleFormat = sampleFormat;
  if (kbps !== undefined) context.bitRate = BigInt(kbps * 1000);
  const status = await context.open2(codec, av.Dictionary.fromObject(options));
  if (status < 0) {
    context.freeContext();
    throw new Error(`${codec.name} could not be opened: FFmpeg status ${status}`);
  }
  return context;
}
