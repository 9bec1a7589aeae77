/**
 * The part of node-av 6 that is used, described here and loaded by name: the package is optional, and the project must
 * build where it was left out. Return values below 0 are FFmpeg's errors.
 */
export interface NodeAvLibrary {
  readonly Codec: {
    findEncoderByName(name: string): CodecDescription | null;
    findDecoderByName(name: string): CodecDescription | null;
  };
  readonly CodecContext: new () => CodecContext;
  readonly Dictionary: { fromObject(entries: Record<string, string | number>): object };
  readonly Frame: new () => Frame;
  readonly Log: { setLevel(level: number): void };
  readonly Packet: new () => Packet;
  readonly Rational: new (numerator: number, denominator: number) => object;
  readonly SoftwareResampleContext: new () => SoftwareResampleContext;
}

export interface NodeAvConstants {
  readonly AV_CHANNEL_ORDER_NATIVE: number;
  readonly AV_LOG_QUIET: number;
  readonly AV_SAMPLE_FMT_FLTP: number;
  readonly AV_SAMPLE_FMT_S16: number;
  readonly AV_SAMPLE_FMT_S16P: number;
}

export interface CodecDescription {
  readonly name: string | null;
}

export interface ChannelLayout {
  readonly nbChannels: number;
  readonly order: number;
  readonly mask: bigint;
}

export interface CodecContext {
  bitRate: bigint;
  channelLayout: ChannelLayout;
  readonly extraData: Buffer | null;
  readonly frameSize: number;
  sampleFormat: number;
  sampleRate: number;
  threadCount: number;
  timeBase: object;
  allocContext3(codec: CodecDescription): void;
  freeContext(): void;
  open2(codec: CodecDescription, options: object): Promise<number>;
  receiveFrameSync(frame: Frame): number;
  receivePacketSync(packet: Packet): number;
  sendFrameSync(frame: Frame | null): number;
  sendPacketSync(packet: Packet | null): number;
}

export interface Frame {
  channelLayout: ChannelLayout;
  readonly channels: number;
  /** One buffer for each plane, views of memory that the next call may overwrite. */
  readonly data: Buffer[] | null;
  format: number;
  nbSamples: number;
  pts: bigint;
  sampleRate: number;
  alloc(): void;
  free(): void;
  fromBuffer(bytes: Buffer): number;
  getBuffer(): number;
  makeWritable(): number;
  unref(): void;
}

export interface Packet {
  data: Buffer | null;
  alloc(): void;
  free(): void;
  unref(): void;
}

export interface SoftwareResampleContext {
  alloc(): void;
  allocSetOpts2(
    toLayout: ChannelLayout,
    toFormat: number,
    toHz: number,
    fromLayout: ChannelLayout,
    fromFormat: number,
    fromHz: number,
  ): number;
  convertSync(output: Buffer[] | null, room: number, input: Buffer[] | null, count: number): number;
  free(): void;
  getOutSamples(count: number): number;
  init(): number;
  setOption(name: string, value: string): number;
}

/** Rejects where the package or its binary for this machine is missing. */
export async function loadNodeAv(): Promise<NodeAvLibrary & NodeAvConstants> {
  const [library, constants] = ['node-av/lib', 'node-av/constants'] as const;
  return {
    ...((await import(library)) as NodeAvLibrary),
    ...((await import(constants)) as NodeAvConstants),
  };
}
