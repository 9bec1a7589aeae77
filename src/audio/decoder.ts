import type { AudioFormat } from '../core/audio-format.js';
import type { CodecKit } from './codec-kit.js';
import { WavDecoder } from './containers/wav-decoder.js';
import { FlacDecoder } from './flac/flac-decoder.js';
import { aacDecoder, mp3Decoder, oggOpusDecoder } from './frame-decoder.js';
import { rawDecoder } from './raw-decoder.js';
import type { AudioDecoder, PcmSink } from './pcm.js';

/** What reads `format`. The rate a container names counts, not the one that was announced. */
export async function createDecoder(format: AudioFormat, kit: CodecKit, sink: PcmSink): Promise<AudioDecoder> {
  switch (format.encoding) {
    case 'mp3':
      return mp3Decoder(await kit.mp3Decoder(), sink);
    case 'opus':
      return oggOpusDecoder(await kit.opusDecoder(), sink);
    case 'aac':
      return aacDecoder(await kit.aacDecoder(), sink);
    default:
      return createPlainDecoder(format, sink);
  }
}

/** The encodings that plain TypeScript reads. */
export function createPlainDecoder(format: AudioFormat, sink: PcmSink): AudioDecoder {
  switch (format.encoding) {
    case 'wav':
      return new WavDecoder(sink);
    case 'flac':
      return new FlacDecoder(sink);
    default:
      return rawDecoder(format, sink);
  }
}
