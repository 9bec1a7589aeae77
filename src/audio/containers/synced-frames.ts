import { incompleteAudio } from '../incomplete-audio.js';
import { ByteStore } from './byte-store.js';

export interface FrameHeader {
  /** Of the whole frame, header included. */
  readonly bytes: number;
  /** For each channel. */
  readonly samples: number;
  readonly sampleRateHz: number;
  readonly channels: 1 | 2;
}

/** Reads the header at `at`; undefined when there is none. At least `HEADER_BYTES` bytes are there. */
export type ParseFrameHeader = (bytes: Buffer, at: number) => FrameHeader | undefined;

const HEADER_BYTES = 7;
/** Bytes that may be searched through before the stream is given up. */
const MAX_SEARCH_BYTES = 65_536;
/** Part of the bytes that may lie between frames. */
const MAX_LOST_PART = 0.05;

/**
 * Cuts MP3 and ADTS streams into frames: each begins with a sync word and tells its own length. Tags (ID3, APE) are
 * passed over. A header counts at the place where the last frame ended; anywhere else only if another one follows it,
 * because eleven set bits are also found by chance.
 */
export class SyncedFrames {
  private readonly store = new ByteStore();
  private locked = true;
  private tagLeft = 0;
  private lost = 0;
  private framed = 0;
  private searched = 0;

  constructor(
    private readonly parse: ParseFrameHeader,
    private readonly onFrame: (frame: Buffer, header: FrameHeader) => void,
  ) {}

  push(bytes: Uint8Array): void {
    this.store.append(bytes);
    while (this.step(false));
  }

  /** Throws `incomplete` for a stream without frames, one with much between them, and one that is cut in a frame. */
  end(): void {
    while (this.step(true));
    if (this.framed === 0) throw incompleteAudio('holds no frame that can be decoded');
    if (this.locked && this.store.length >= HEADER_BYTES && this.parse(this.store.bytes, 0)) {
      throw incompleteAudio('ends inside a frame');
    }
    if (this.lost > MAX_LOST_PART * this.framed) throw incompleteAudio('holds much that is not audio');
  }

  private step(atEnd: boolean): boolean {
    const { store } = this;
    if (this.tagLeft > 0) {
      this.tagLeft -= store.skip(this.tagLeft);
      return store.length > 0;
    }
    if (store.length < (atEnd ? HEADER_BYTES : 10)) return false;
    const header = this.parse(store.bytes, 0);
    if (header) return this.takeFrame(header, atEnd);
    this.tagLeft = tagBytes(store.bytes);
    return this.tagLeft > 0 || this.search(atEnd);
  }

  private takeFrame(header: FrameHeader, atEnd: boolean): boolean {
    const { store } = this;
    if (!this.locked) {
      const next = header.bytes;
      const follows = store.length >= next + HEADER_BYTES;
      if (!follows && !atEnd) return false;
      if (
        follows ? !this.parse(store.bytes, next) && tagBytes(store.bytes.subarray(next)) === 0 : store.length !== next
      )
        return this.search(atEnd);
    }
    if (store.length < header.bytes) return false;
    this.locked = true;
    this.searched = 0;
    this.framed += header.bytes;
    this.onFrame(store.take(header.bytes), header);
    return true;
  }

  private search(atEnd: boolean): boolean {
    const { store } = this;
    this.locked = false;
    const found = store.bytes.indexOf(0xff, 1);
    const passed = store.skip(found === -1 ? store.length : found);
    this.lost += passed;
    this.searched += passed;
    if (this.searched > MAX_SEARCH_BYTES) throw incompleteAudio('holds no frame that can be decoded');
    return store.length >= (atEnd ? HEADER_BYTES : 10);
  }
}

/** Length of the tag at the front of `bytes`, 0 when there is none: ID3v2 (id3.org), ID3v1, APEv2. */
function tagBytes(bytes: Buffer): number {
  if (bytes.length >= 10 && bytes.toString('latin1', 0, 3) === 'ID3') {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(6, 10);
    const footer = (bytes[5] ?? 0) & 0x10 ? 10 : 0;
    return 10 + footer + (((a & 0x7f) << 21) | ((b & 0x7f) << 14) | ((c & 0x7f) << 7) | (d & 0x7f));
  }
  if (bytes.toString('latin1', 0, 3) === 'TAG') return 128;
  if (bytes.length >= 16 && bytes.toString('latin1', 0, 8) === 'APETAGEX') return 32 + bytes.readUInt32LE(12);
  return 0;
}
