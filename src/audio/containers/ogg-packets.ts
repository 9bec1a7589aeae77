import { incompleteAudio } from '../incomplete-audio.js';
import { ByteStore } from './byte-store.js';
import { OGG_CONTINUED, OGG_FIRST, OGG_HEADER_BYTES, OGG_LAST, oggCrc } from './ogg-page.js';

export interface OggPacketInfo {
  /** The packet opens a logical stream. */
  readonly first: boolean;
  /** The page says that the stream ends with it. */
  readonly lastPage: boolean;
  /** The page's granule position; -1 when no packet ends on it. */
  readonly granule: number;
}

interface PageState extends OggPacketInfo {
  readonly lacing: Buffer;
  next: number;
  crc: number;
  readonly expectedCrc: number;
  readonly ours: boolean;
}

/**
 * Ogg pages apart into packets. A packet leaves when its own last byte is there, not when its page is: pages of one
 * second are usual. Of several multiplexed streams only the first is read; chained ones follow each other.
 */
export class OggPackets {
  private readonly store = new ByteStore();
  private page: PageState | undefined;
  private partial: Buffer[] = [];
  private serial: number | undefined;
  /** Among the first pages of a group of multiplexed streams. */
  private opening = false;

  constructor(private readonly onPacket: (packet: Buffer, info: OggPacketInfo) => void) {}

  push(bytes: Uint8Array): void {
    this.store.append(bytes);
    while (this.page ? this.readPacket(this.page) : this.readHeader());
  }

  /** Throws `incomplete` when the bytes stop inside a page. */
  end(): void {
    if (this.page !== undefined || this.store.length > 0) throw incompleteAudio('ends inside an Ogg page');
  }

  private readHeader(): boolean {
    const { store } = this;
    if (store.length < OGG_HEADER_BYTES) return false;
    if (store.magic() !== 'OggS' || store.bytes[4] !== 0)
      throw incompleteAudio('is not the Ogg that it was announced as');
    const length = OGG_HEADER_BYTES + (store.bytes[26] ?? 0);
    if (store.length < length) return false;
    const header = Buffer.from(store.take(length));
    const flags = header[5] ?? 0;
    const serial = header.readUInt32LE(14);
    const expectedCrc = header.readUInt32LE(22);
    header.writeUInt32LE(0, 22);
    this.openPage(header, flags, serial, expectedCrc);
    return true;
  }

  private openPage(header: Buffer, flags: number, serial: number, expectedCrc: number): void {
    // First pages stand together: the first of them is ours, another right after it is multiplexed (a picture, say),
    // and one that comes after other pages opens the next link of a chain.
    const opens = (flags & OGG_FIRST) !== 0;
    if (opens && !this.opening) this.serial = serial;
    this.opening = opens;
    const ours = serial === this.serial;
    if (ours && !(flags & OGG_CONTINUED)) this.partial = [];
    this.page = {
      first: (flags & OGG_FIRST) !== 0,
      lastPage: (flags & OGG_LAST) !== 0,
      granule: Number(header.readBigInt64LE(6)),
      lacing: header.subarray(OGG_HEADER_BYTES),
      next: 0,
      crc: oggCrc(header),
      expectedCrc,
      ours,
    };
  }

  /** The next packet, or part of one, of the open page; false when it needs more bytes. */
  private readPacket(page: PageState): boolean {
    let segments = 0;
    let bytes = 0;
    let whole = false;
    while (page.next + segments < page.lacing.length && !whole) {
      const lace = page.lacing[page.next + segments++] ?? 0;
      bytes += lace;
      whole = lace < 255;
    }
    if (this.store.length < bytes) return false;
    const data = this.store.take(bytes);
    page.next += segments;
    page.crc = oggCrc(data, page.crc);
    if (page.ours && segments > 0) this.collect(data, whole, page);
    if (page.next >= page.lacing.length) this.closePage(page);
    return true;
  }

  private collect(data: Buffer, whole: boolean, page: PageState): void {
    this.partial.push(data);
    if (!whole) return;
    const packet = this.partial.length === 1 ? data : Buffer.concat(this.partial);
    this.partial = [];
    this.onPacket(packet, page);
  }

  private closePage(page: PageState): void {
    this.page = undefined;
    if (page.crc !== page.expectedCrc) throw incompleteAudio('has an Ogg page that is damaged');
  }
}
