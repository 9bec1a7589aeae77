import type { CodecKit } from '../codec-kit.js';
import { aacUnsupported } from '../encoding-support.js';
import { SincResampler } from '../resampler.js';
import { WasmMp3Decoder, WasmMp3Encoder } from './wasm-mp3.js';
import { WasmOpusDecoder, WasmOpusEncoder } from './wasm-opus.js';

/** Codecs under permissive licences, without native code: everything but AAC. */
export const createKit = (): CodecKit => ({
  name: 'permissive',
  resampler: (fromHz, toHz) => new SincResampler(fromHz, toHz),
  mp3Encoder: (sampleRateHz, kbps) => WasmMp3Encoder.open(sampleRateHz, kbps),
  opusEncoder: (sampleRateHz, kbps) => Promise.resolve(new WasmOpusEncoder(sampleRateHz, kbps)),
  aacEncoder: () => Promise.reject(aacUnsupported('target')),
  mp3Decoder: () => WasmMp3Decoder.open(),
  opusDecoder: () => Promise.resolve(new WasmOpusDecoder()),
  aacDecoder: () => Promise.reject(aacUnsupported('source')),
});
