import type { AudioFormat } from '../../core/audio-format.js';

export const WAV_HEADER_BYTES = 44;
/** Both size fields of a WAV whose length is not known when its first byte leaves. */
export const UNKNOWN_SIZE = 0xffffffff;

/** The canonical 44-byte header of 16-bit PCM. `dataBytes` undefined: the length is not known yet. */
export function wavHeader({ sampleRateHz, channels }: AudioFormat, dataBytes: number | undefined): Buffer {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  const blockBytes = 2 * channels;
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(dataBytes === undefined ? UNKNOWN_SIZE : dataBytes + WAV_HEADER_BYTES - 8, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * blockBytes, 28);
  header.writeUInt16LE(blockBytes, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes ?? UNKNOWN_SIZE, 40);
  return header;
}
