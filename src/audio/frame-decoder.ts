import type { DecodedSamples, PacketDecoder } from './codec-kit.js';
import { parseAdtsHeader } from './containers/adts.js';
import { parseMp3Header, parseMp3Tag } from './containers/mp3-frame.js';
import { OggOpusReader } from './containers/ogg-opus-reader.js';
import { SyncedFrames } from './containers/synced-frames.js';
import { Trim } from './containers/trim.js';
import { incompleteAudio } from './incomplete-audio.js';
import type { AudioDecoder, PcmSink } from './pcm.js';

/** Packets that may fail before the stream is given up: the first after a joint often lean on bytes of the clip before. */
const TOLERATED = 3;
const TOLERATED_PART = 0.05;

/** Decodes packets, drops the odd bad one and gives up on a stream of them. */
class Packets {
  private good = 0;
  private bad = 0;
  private lastError: unknown;

  constructor(
    private readonly decoder: PacketDecoder,
    private readonly sink: (decoded: DecodedSamples) => void,
  ) {}

  decode(packet: Uint8Array): void {
    let decoded: DecodedSamples;
    try {
      decoded = this.decoder.decode(packet);
    } catch (error) {
      this.bad += 1;
      this.lastError = error;
      if (this.tooMany(this.good + 20)) throw incompleteAudio('does not decode', error);
      return;
    }
    this.good += 1;
    this.sink(decoded);
  }

  end(): void {
    if (this.good === 0 || this.tooMany(this.good)) throw incompleteAudio('does not decode', this.lastError);
    this.sink(this.decoder.finish());
  }

  private tooMany(good: number): boolean {
    return this.bad > Math.max(TOLERATED, TOLERATED_PART * good);
  }
}

/** MP3 as a stream of frames; the delay that a LAME tag tells of is cut off, at the end too where it tells the length. */
export function mp3Decoder(decoder: PacketDecoder, sink: PcmSink): AudioDecoder {
  const trim = new Trim();
  const packets = new Packets(decoder, ({ samples, sampleRateHz }) => emit(trim.apply(samples), sampleRateHz, sink));
  const frames = new SyncedFrames(parseMp3Header, (frame, header) => {
    const tag = parseMp3Tag(frame, header);
    if (tag === undefined) packets.decode(frame);
    else trim.start(tag.skip, tag.keep);
  });
  return framed(frames, packets, decoder);
}

/** AAC in ADTS frames. ADTS does not tell the encoder's delay, so nothing is cut. */
export function aacDecoder(decoder: PacketDecoder, sink: PcmSink): AudioDecoder {
  const packets = new Packets(decoder, ({ samples, sampleRateHz }) => emit(samples, sampleRateHz, sink));
  return framed(new SyncedFrames(parseAdtsHeader, (frame) => packets.decode(frame)), packets, decoder);
}

function framed(frames: SyncedFrames, packets: Packets, decoder: PacketDecoder): AudioDecoder {
  return {
    push: (bytes) => frames.push(bytes),
    joint: () => {},
    end: () => {
      frames.end();
      packets.end();
    },
    close: () => decoder.close(),
  };
}

/** Ogg Opus: pre-skip and the last granule position are honoured, so a clip has exactly the samples it was made from. */
export function oggOpusDecoder(decoder: PacketDecoder, sink: PcmSink): AudioDecoder {
  const trim = new Trim();
  const packets = new Packets(decoder, ({ samples, sampleRateHz }) => emit(trim.apply(samples), sampleRateHz, sink));
  const reader = new OggOpusReader({
    onHead: ({ preSkip }) => trim.start(preSkip),
    onPacket: (packet, _samples, keep) => {
      if (keep !== undefined) trim.limit(keep);
      packets.decode(packet);
    },
  });
  return {
    push: (bytes) => reader.push(bytes),
    joint: () => {},
    end: () => {
      reader.end();
      packets.end();
    },
    close: () => decoder.close(),
  };
}

function emit(samples: Int16Array, sampleRateHz: number, sink: PcmSink): void {
  if (samples.length > 0) sink(samples, sampleRateHz);
}
