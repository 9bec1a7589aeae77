import { expect, it } from 'vitest';
import { bytesOf, glide } from '../../../test/support/test-sound.js';
import { openOpus } from './opus-script.js';

it('serves more codecs at once than one heap of opusscript holds, and the same again', () => {
  const frame = bytesOf(glide(24_000, 20));
  for (let round = 0; round < 2; round++) {
    const codecs = Array.from({ length: 150 }, () => openOpus(24_000));
    const packets = codecs.map(({ codec }) => codec.encode(frame, 480));
    for (const packet of packets) expect(packet).toEqual(packets[0]);
    for (const { close } of codecs) close();
  }
});
