import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { MPEGDecoder } from 'mpg123-decoder';
import { createEncoder, type WasmMediaEncoder } from 'wasm-media-encoders';
import type { DecodedSamples, PacketDecoder, PacketEncoder } from '../codec-kit.js';
import { planarToMono, toFloats } from '../pcm.js';

/** LAME's own delay. */
const LAME_DELAY = 576;

// Compiling costs 17 ms, instantiating next to nothing: the first stream of a host compiles, the others share it.
let lame: unknown;

async function openLame(): Promise<WasmMediaEncoder<'audio/mpeg'>> {
  const code = lame ?? (await readFile(createRequire(import.meta.url).resolve('wasm-media-encoders/wasm/mp3')));
  // A compiled module is taken as well; its type is a browser's, which this project does not load.
  return createEncoder('audio/mpeg', code as Uint8Array, (module: unknown) => {
    lame = module;
  });
}

/** LAME in WASM. What it hands out is a stretch of the stream rather than single frames. */
export class WasmMp3Encoder implements PacketEncoder {
  readonly delaySamples = LAME_DELAY;

  static async open(sampleRateHz: number, kbps: number): Promise<WasmMp3Encoder> {
    const encoder = await openLame();
    type Params = Parameters<typeof encoder.configure>[0];
    encoder.configure({
      channels: 1,
      sampleRate: sampleRateHz,
      outputSampleRate: sampleRateHz,
      bitrate: kbps,
    } as Params);
    return new WasmMp3Encoder(encoder);
  }

  private constructor(private readonly encoder: WasmMediaEncoder<'audio/mpeg'>) {}

  encode(samples: Int16Array): Uint8Array[] {
    if (samples.length === 0) return [];
    return copied(this.encoder.encode([toFloats(samples)]));
  }

  finish(): Uint8Array[] {
    return copied(this.encoder.finalize());
  }

  close(): void {}
}

/** The encoder's answer is a window on its memory, good until the next call. */
function copied(bytes: Uint8Array): Uint8Array[] {
  return bytes.length === 0 ? [] : [Buffer.from(bytes)];
}

/** mpg123 in WASM, frame by frame. */
export class WasmMp3Decoder implements PacketDecoder {
  static async open(): Promise<WasmMp3Decoder> {
    const decoder = new MPEGDecoder({ enableGapless: false });
    await decoder.ready;
    return new WasmMp3Decoder(decoder);
  }

  private constructor(private readonly decoder: MPEGDecoder) {}

  decode(packet: Uint8Array): DecodedSamples {
    const { channelData, samplesDecoded, sampleRate, errors } = this.decoder.decodeFrame(packet);
    const [error] = errors;
    if (error) throw new Error(`mpg123: ${error.message}`);
    return { samples: planarToMono(channelData, samplesDecoded), sampleRateHz: sampleRate };
  }

  finish(): DecodedSamples {
    return { samples: new Int16Array(0), sampleRateHz: 0 };
  }

  close(): void {
    this.decoder.free();
  }
}
