import { BlockCutter } from '../block-cutter.js';
import type { DecodedSamples, PacketDecoder, PacketEncoder } from '../codec-kit.js';
import { OPUS_CLOCK_HZ } from '../containers/opus-packet.js';
import { pcmBytes, pcmSamples } from '../pcm.js';
import { openOpus, type OpusCodec } from './opus-script.js';

/** libopus: frames of 20 ms; low delay looks ahead 2.5 ms. */
const FRAMES_PER_SECOND = 50;
const LOOK_AHEADS_PER_SECOND = 400;
const OPUS_SET_COMPLEXITY = 4010;
const COMPLEXITY = 2;

type OpusRate = Parameters<typeof openOpus>[0];

export class WasmOpusEncoder implements PacketEncoder {
  readonly delaySamples: number;
  private readonly opus: OpusCodec;
  private readonly frameSamples: number;
  private readonly blocks: BlockCutter;
  private restSamples = 0;

  constructor(sampleRateHz: number, kbps: number) {
    this.delaySamples = sampleRateHz / LOOK_AHEADS_PER_SECOND;
    this.frameSamples = sampleRateHz / FRAMES_PER_SECOND;
    this.blocks = new BlockCutter(this.frameSamples);
    this.opus = openOpus(sampleRateHz as OpusRate);
    this.opus.codec.setBitrate(kbps * 1000);
    this.opus.codec.encoderCTL(OPUS_SET_COMPLEXITY, COMPLEXITY);
  }

  encode(samples: Int16Array): Uint8Array[] {
    const packets: Uint8Array[] = [];
    this.blocks.push(samples, (block) => packets.push(this.packet(block)));
    return packets;
  }

  finish(): Uint8Array[] {
    const rest = this.blocks.rest();
    this.restSamples = rest.length;
    // Enough silence to push the look-ahead out of the encoder.
    const frames = Math.ceil((this.restSamples + this.delaySamples) / this.frameSamples);
    const padded = new Int16Array(frames * this.frameSamples);
    padded.set(rest);
    return this.encode(padded);
  }

  close(): void {
    this.opus.close();
  }

  private packet(block: Int16Array): Uint8Array {
    return this.opus.codec.encode(pcmBytes(block), this.frameSamples);
  }
}

/** Always at 48 kHz. */
export class WasmOpusDecoder implements PacketDecoder {
  private readonly opus = openOpus(OPUS_CLOCK_HZ);

  decode(packet: Uint8Array): DecodedSamples {
    const bytes = this.opus.codec.decode(Buffer.from(packet));
    return { samples: pcmSamples(bytes), sampleRateHz: OPUS_CLOCK_HZ };
  }

  finish(): DecodedSamples {
    return { samples: new Int16Array(0), sampleRateHz: OPUS_CLOCK_HZ };
  }

  close(): void {
    this.opus.close();
  }
}
