import { ByteStore } from '../containers/byte-store.js';
import { incompleteAudio } from '../incomplete-audio.js';
import { toMono, type AudioDecoder, type PcmSink } from '../pcm.js';
import { BitReader, OutOfBits } from './flac-bits.js';
import { readFlacFrame, type StreamInfo } from './flac-frame.js';

/** No frame of speech is longer: 65,535 samples of 32 bits on two channels, and some header. */
const MAX_FRAME_BYTES = 600_000;

/** FLAC (RFC 9639) as a stream. A frame leaves when its last byte is there; its checksum is verified. */
export class FlacDecoder implements AudioDecoder {
  private readonly store = new ByteStore();
  private info: StreamInfo | undefined;
  private state: 'magic' | 'metadata' | 'frames' = 'magic';
  private skipLeft = 0;
  private lastBlock = false;
  /**
   * Trying is worth it only with this many bytes: a frame does not tell its length, and parsing half of it again for
   * each chunk would be quadratic. Frames of one stream are about equally long.
   */
  private worthBytes = 0;
  private decoded = 0;
  private atJoint = false;

  constructor(private readonly sink: PcmSink) {}

  push(bytes: Uint8Array): void {
    this.store.append(bytes);
    while (this.step());
  }

  joint(): void {
    this.drain();
    this.atJoint = true;
  }

  end(): void {
    this.drain();
    const total = this.info?.totalSamples ?? 0;
    if (this.info === undefined || this.decoded === 0) throw incompleteAudio('holds no FLAC frame');
    if (this.store.length > 0) throw incompleteAudio('ends inside a FLAC frame');
    if (total > 0 && this.decoded < total) throw incompleteAudio('ends before the length that its FLAC header gives');
  }

  close(): void {}

  /** Reads every frame that is there, however short. */
  private drain(): void {
    do this.worthBytes = 0;
    while (this.step());
  }

  private step(): boolean {
    if (this.skipLeft > 0) {
      this.skipLeft -= this.store.skip(this.skipLeft);
      return this.store.length > 0;
    }
    if (this.state === 'magic') return this.readMagic();
    return this.state === 'metadata' ? this.readMetadata() : this.readFrame();
  }

  private readMagic(): boolean {
    const magic = this.store.magic();
    if (magic === undefined) return false;
    if (magic !== 'fLaC') throw incompleteAudio('is not the FLAC that it was announced as');
    this.store.skip(4);
    this.decoded = 0;
    this.lastBlock = false;
    this.state = 'metadata';
    return true;
  }

  private readMetadata(): boolean {
    if (this.lastBlock) {
      this.state = 'frames';
      return true;
    }
    if (this.store.length < 4) return false;
    const [head = 0] = this.store.bytes;
    const length = this.store.bytes.readUIntBE(1, 3);
    if ((head & 0x7f) === 0) {
      if (this.store.length < 4 + length) return false;
      if (length < 34) throw incompleteAudio('has a FLAC header that is not one');
      this.info = parseStreamInfo(this.store.bytes.subarray(4));
    }
    this.store.skip(4);
    this.skipLeft = length;
    this.lastBlock = (head & 0x80) !== 0;
    return true;
  }

  private readFrame(): boolean {
    const { store, info } = this;
    if (info === undefined) throw incompleteAudio('is FLAC without its stream information');
    if (this.atJoint && store.magic() === 'fLaC') {
      this.state = 'magic';
      this.atJoint = false;
      return true;
    }
    if (store.length < Math.max(this.worthBytes, 11)) return false;
    try {
      const reader = new BitReader(store.bytes);
      const frame = readFlacFrame(reader, store.bytes, info);
      store.skip(reader.position);
      this.worthBytes = Math.floor(reader.position * 0.9);
      this.decoded += frame.samples.length / frame.channels;
      this.sink(toMono(frame.samples, frame.channels), frame.sampleRateHz);
      return true;
    } catch (error) {
      if (!(error instanceof OutOfBits)) throw error;
      if (store.length > MAX_FRAME_BYTES) throw incompleteAudio('holds a FLAC frame without an end');
      this.worthBytes = Math.ceil(store.length * 1.1) + 16;
      return false;
    }
  }
}

function parseStreamInfo(block: Buffer): StreamInfo {
  const packed = block.readUInt32BE(10);
  return {
    sampleRateHz: packed >>> 12,
    bitsPerSample: ((packed >> 4) & 0x1f) + 1,
    totalSamples: (packed & 0x0f) * 2 ** 32 + block.readUInt32BE(14),
  };
}
