import type { PacketEncoder } from './codec-kit.js';
import type { AudioEncoder } from './pcm.js';

export interface PacketFraming {
  /** Leaves with the first packet. */
  readonly header?: Buffer;
  readonly wrap: (packets: readonly Uint8Array[]) => Buffer;
  /** The last packets, where they are wrapped differently; gets the number of samples that were sound too. */
  readonly wrapLast?: (packets: readonly Uint8Array[], samples: number) => Buffer;
}

/** A packet encoder and the framing of its container as one encoder of bytes. */
export function packetStream(codec: PacketEncoder, { header, wrap, wrapLast }: PacketFraming): AudioEncoder {
  let begun = header === undefined;
  let samplesIn = 0;
  const begin = (bytes: Buffer): Buffer => {
    if (begun || header === undefined || bytes.length === 0) return bytes;
    begun = true;
    return Buffer.concat([header, bytes]);
  };
  return {
    encode: (samples) => {
      samplesIn += samples.length;
      return begin(wrap(codec.encode(samples)));
    },
    finish: () => {
      const rest = codec.finish();
      return begin(wrapLast ? wrapLast(rest, samplesIn) : wrap(rest));
    },
    close: () => codec.close(),
  };
}
