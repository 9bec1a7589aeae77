import { incompleteAudio } from '../incomplete-audio.js';
import { OggPackets, type OggPacketInfo } from './ogg-packets.js';
import { opusPacketSamples, parseOpusHead, type OpusHead } from './opus-packet.js';

export interface OpusSink {
  /** A clip begins: reset what decodes. */
  onHead(head: OpusHead): void;
  /**
   * `samples` at 48 kHz. `keep` is set where the clip's end is known: so many samples of the whole clip are sound,
   * counted after the pre-skip.
   */
  onPacket(packet: Buffer, samples: number, keep: number | undefined): void;
}

/** Ogg Opus as packets (RFC 7845); clips may be chained. */
export class OggOpusReader {
  private readonly packets = new OggPackets((packet, info) => this.take(packet, info));
  private head: OpusHead | undefined;
  private expect: 'head' | 'tags' | 'audio' = 'head';
  private samples = 0;
  private sawAudio = false;

  constructor(private readonly sink: OpusSink) {}

  push(bytes: Uint8Array): void {
    this.packets.push(bytes);
  }

  end(): void {
    this.packets.end();
    if (!this.sawAudio) throw incompleteAudio('holds no Opus packet');
  }

  private take(packet: Buffer, info: OggPacketInfo): void {
    if (info.first) return this.open(packet);
    if (this.expect === 'tags') {
      this.expect = 'audio';
      return;
    }
    if (this.head === undefined) throw incompleteAudio('is Ogg without an Opus header');
    const samples = opusPacketSamples(packet);
    if (samples === 0) throw incompleteAudio('has an Opus packet that is malformed');
    this.samples += samples;
    this.sawAudio = true;
    const keep = info.lastPage && info.granule > 0 ? info.granule - this.head.preSkip : undefined;
    // A last page far from what was counted belongs to a stream cut out of a longer one: its clock did not start at 0.
    this.sink.onPacket(
      packet,
      samples,
      keep !== undefined && info.granule <= this.samples + 5760 * 50 ? keep : undefined,
    );
  }

  private open(packet: Buffer): void {
    this.head = parseOpusHead(packet);
    if (this.head === undefined) throw incompleteAudio('is Ogg, but not Opus that can be read');
    this.expect = 'tags';
    this.samples = 0;
    this.sink.onHead(this.head);
  }
}
