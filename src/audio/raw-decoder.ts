import { bytesPerSample, type AudioFormat } from '../core/audio-format.js';
import { ByteStore } from './containers/byte-store.js';
import { ALAW, MULAW } from './g711.js';
import { pcmSamples, toMono, type AudioDecoder, type PcmSink } from './pcm.js';

/** Headerless samples: `pcm16`, `mulaw`, `alaw`. A sample cut between two chunks waits for its other half. */
export function rawDecoder(format: AudioFormat, sink: PcmSink): AudioDecoder {
  const read = reader(format);
  const size = bytesPerSample(format) ?? 1;
  const store = new ByteStore();
  return {
    push: (bytes) => {
      store.append(bytes);
      const whole = store.length - (store.length % size);
      if (whole > 0) sink(toMono(read(store.take(whole)), format.channels), format.sampleRateHz);
    },
    // Half a sample at the end of a clip would shift every byte of the next.
    joint: () => store.skip(store.length),
    end: () => {},
    close: () => {},
  };
}

function reader({ encoding }: AudioFormat): (bytes: Uint8Array) => Int16Array {
  if (encoding === 'mulaw') return MULAW.decode;
  return encoding === 'alaw' ? ALAW.decode : pcmSamples;
}
