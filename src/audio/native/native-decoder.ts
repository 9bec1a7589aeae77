import type { DecodedSamples, PacketDecoder } from '../codec-kit.js';
import { asBuffer, planarToMono, toMono } from '../pcm.js';
import { AV_SAMPLE_FMT_FLTP, AV_SAMPLE_FMT_S16, Frame, Packet } from './ffmpeg.js';
import type { CodecContext, Frame as AvFrame } from './node-av.js';

/** FFmpeg reads beyond the end of a packet; the zeros keep that harmless (AV_INPUT_BUFFER_PADDING_SIZE). */
const PADDING_BYTES = 64;

/** One FFmpeg decoder. Containers are taken apart in TypeScript, so a stalled source holds no thread. */
export class NativeDecoder implements PacketDecoder {
  private readonly frame = new Frame();
  private readonly packet = new Packet();

  constructor(private readonly context: CodecContext) {
    this.frame.alloc();
    this.packet.alloc();
  }

  decode(bytes: Uint8Array): DecodedSamples {
    const padded = Buffer.alloc(bytes.length + PADDING_BYTES);
    padded.set(bytes);
    this.packet.data = padded.subarray(0, bytes.length);
    const status = this.context.sendPacketSync(this.packet);
    this.packet.unref();
    if (status < 0) throw new Error(`FFmpeg could not decode: status ${status}`);
    return this.receive();
  }

  finish(): DecodedSamples {
    this.context.sendPacketSync(null);
    return this.receive();
  }

  close(): void {
    this.frame.free();
    this.packet.free();
    this.context.freeContext();
  }

  private receive(): DecodedSamples {
    const blocks: Int16Array[] = [];
    let sampleRateHz = this.context.sampleRate;
    while (this.context.receiveFrameSync(this.frame) >= 0) {
      sampleRateHz = this.frame.sampleRate;
      blocks.push(monoOf(this.frame));
      this.frame.unref();
    }
    return { samples: joined(blocks), sampleRateHz };
  }
}

function monoOf(frame: AvFrame): Int16Array {
  const { channels, nbSamples, data } = frame;
  const [first] = data ?? [];
  if (data === null || first === undefined) return new Int16Array(0);
  if (frame.format === AV_SAMPLE_FMT_S16) {
    const interleaved = new Int16Array(nbSamples * channels);
    asBuffer(interleaved).set(first.subarray(0, interleaved.byteLength));
    return toMono(interleaved, channels);
  }
  if (frame.format !== AV_SAMPLE_FMT_FLTP) throw new Error(`a decoder gave sample format ${frame.format}`);
  return planarToMono(
    data.slice(0, channels).map((plane) => new Float32Array(plane.buffer, plane.byteOffset, nbSamples)),
    nbSamples,
  );
}

function joined(blocks: readonly Int16Array[]): Int16Array {
  if (blocks.length === 1 && blocks[0]) return blocks[0];
  const samples = new Int16Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    samples.set(block, at);
    at += block.length;
  }
  return samples;
}
