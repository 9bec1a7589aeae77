import fc from 'fast-check';
import { expect, it } from 'vitest';
import { audioPart, completePart, startPart } from '../../test/support/speech-parts.js';
import type { SpeechPart } from '../core/speech-part.js';
import { encodePart, PartDecoder } from './part-codec.js';

const part = fc.oneof(
  fc.constant<SpeechPart>(startPart({ warnings: ['ä'] })),
  fc.constant<SpeechPart>(completePart()),
  fc.constant<SpeechPart>({ type: 'warning', message: '…' }),
  fc
    .tuple(fc.nat(), fc.uint8Array({ maxLength: 500 }), fc.nat(9))
    .map(([seq, data, segment]): SpeechPart => audioPart(seq, Buffer.from(data), segment)),
);

it('gives back any parts from any cut of their bytes', () => {
  fc.assert(
    fc.property(fc.array(part), fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (parts, cuts) => {
      const bytes = Buffer.concat(parts.map(encodePart));
      const decoder = new PartDecoder();
      const decoded: SpeechPart[] = [];
      for (let at = 0, cut = 0; at < bytes.length; cut += 1) {
        const end = at + cuts[cut % cuts.length]!;
        decoded.push(...decoder.push(bytes.subarray(at, end)));
        at = end;
      }
      expect(decoded).toEqual(parts);
    }),
  );
});

it('refuses bytes that are no clip', () => {
  expect(() => new PartDecoder().push(Buffer.from([0, 0, 0, 2, 9, 9]))).toThrow(
    expect.objectContaining({ code: 'internal' }),
  );
  expect(() => new PartDecoder().push(Buffer.from([0, 0, 0, 2, 0, 0x7b]))).toThrow(
    expect.objectContaining({ code: 'internal' }),
  );
});
