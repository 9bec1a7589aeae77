import { OGG_FIRST, OGG_LAST, writeOggPage } from './ogg-page.js';
import { OPUS_CLOCK_HZ, opusHead, opusPacketSamples, opusTags } from './opus-packet.js';

/** The serial tells logical streams of one file apart; there is one, and the same speech gives the same bytes. */
const SERIAL = 0x54545347;
/** Fixed, not "what is there": pages must not depend on how the sound happened to be cut. The first goes alone. */
const PACKETS_PER_PAGE = 2;

export interface OggOpusOptions {
  /** In 48 kHz samples. */
  readonly preSkip: number;
  /** The rate that was coded. */
  readonly inputRateHz: number;
}

/**
 * Packets into an Ogg Opus stream (RFC 7845). The last granule position trims the padding of the last packet; there
 * always is a last packet to come, because the pre-skip makes the stream longer than the sound.
 */
export class OggOpusWriter {
  private readonly waiting: Uint8Array[] = [];
  private granule = 0;
  private sequence = 0;
  private packetsPerPage = 1;

  constructor(private readonly options: OggOpusOptions) {}

  /** Pages that are full. The headers come with the first. */
  write(packets: readonly Uint8Array[]): Buffer {
    const pages: Buffer[] = [];
    for (const packet of packets) {
      this.waiting.push(packet);
      if (this.waiting.length >= this.packetsPerPage) {
        pages.push(this.page(0, undefined));
        this.packetsPerPage = PACKETS_PER_PAGE;
      }
    }
    return Buffer.concat(pages);
  }

  /**
   * The last packets. `inputSamples` at the coded rate were sound; what the packets hold beyond them is padding. The
   * last page must carry a packet: players cut the padding off that packet, and an empty page has none.
   */
  finish(packets: readonly Uint8Array[], inputSamples: number): Buffer {
    const { preSkip, inputRateHz } = this.options;
    const before = this.write(packets.slice(0, -1));
    this.waiting.push(...packets.slice(-1));
    const end = preSkip + Math.round((inputSamples * OPUS_CLOCK_HZ) / inputRateHz);
    return Buffer.concat([before, this.page(OGG_LAST, end)]);
  }

  private page(flags: number, end: number | undefined): Buffer {
    const packets = this.waiting.splice(0);
    for (const packet of packets) this.granule += opusPacketSamples(packet);
    const headers = this.sequence === 0 ? this.headers() : [];
    const granule = BigInt(end === undefined ? this.granule : Math.min(end, this.granule));
    const page = writeOggPage({ flags, granule, serial: SERIAL, sequence: this.sequence++, packets });
    return Buffer.concat([...headers, page]);
  }

  private headers(): Buffer[] {
    const { preSkip, inputRateHz } = this.options;
    return [
      { flags: OGG_FIRST, packets: [opusHead(preSkip, inputRateHz)] },
      { flags: 0, packets: [opusTags()] },
    ].map((page) => writeOggPage({ ...page, granule: 0n, serial: SERIAL, sequence: this.sequence++ }));
  }
}
