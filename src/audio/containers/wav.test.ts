import { describe, expect, it } from 'vitest';
import { bytesOf, glide } from '../../../test/support/test-sound.js';
import { WavEncoder } from '../wav-encoder.js';
import { WavDecoder } from './wav-decoder.js';
import { UNKNOWN_SIZE, wavHeader } from './wav-header.js';

const FORMAT = { encoding: 'wav', sampleRateHz: 16_000, channels: 1 } as const;
const SOUND = glide(16_000, 50);

function decode(bytes: Buffer, { chunkBytes = bytes.length, jointsAt = [] as readonly number[] } = {}): Int16Array {
  const out: number[] = [];
  const decoder = new WavDecoder((samples) => out.push(...samples));
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    if (jointsAt.includes(at)) decoder.joint();
    decoder.push(bytes.subarray(at, at + chunkBytes));
  }
  decoder.end();
  return Int16Array.from(out);
}

function chunk(id: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(id, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length & 1)]);
}

function withSizes(data: Buffer, size: number): Buffer {
  const header = wavHeader(FORMAT, data.length);
  header.writeUInt32LE(size, 4);
  header.writeUInt32LE(size, 40);
  return Buffer.concat([header, data]);
}

describe('reading WAV', () => {
  it.each([0, 0x7fffffff, 0x7ffff024, 0xffffffff])('takes everything after a header of size %i', (size) => {
    expect(decode(withSizes(bytesOf(SOUND), size), { chunkBytes: 13 })).toEqual(SOUND);
  });

  it('passes over chunks before and after the data, cut anywhere', () => {
    const header = wavHeader(FORMAT, SOUND.byteLength);
    const bytes = Buffer.concat([
      header.subarray(0, 12),
      chunk('JUNK', Buffer.alloc(29)),
      header.subarray(12, 36),
      chunk('LIST', Buffer.from('INFOISFT')),
      chunk('data', bytesOf(SOUND)),
      chunk('id3 ', Buffer.alloc(101)),
    ]);
    for (const chunkBytes of [1, 5, 44, 4096]) expect(decode(bytes, { chunkBytes })).toEqual(SOUND);
  });

  it('reads the next clip at a joint, whether the sizes of the first were true or not', () => {
    for (const size of [SOUND.byteLength, UNKNOWN_SIZE]) {
      const one = withSizes(bytesOf(SOUND), size);
      const both = decode(Buffer.concat([one, one]), { chunkBytes: one.length, jointsAt: [one.length] });
      expect(both).toEqual(Int16Array.from([...SOUND, ...SOUND]));
    }
  });

  it('goes on where a joint brings no other clip', () => {
    const bytes = withSizes(bytesOf(SOUND), UNKNOWN_SIZE);
    expect(decode(bytes, { chunkBytes: 100, jointsAt: [400, 800] })).toEqual(SOUND);
  });

  it.each([
    ['one that ends early', withSizes(bytesOf(SOUND), SOUND.byteLength + 2)],
    ['text', Buffer.from('{"error":"no such voice, and certainly no audio"}')],
    ['data without a format', Buffer.concat([wavHeader(FORMAT, 4).subarray(0, 12), chunk('data', Buffer.alloc(4))])],
    ['a header alone', wavHeader(FORMAT, 0).subarray(0, 36)],
  ])('refuses %s', (_name, bytes) => {
    expect(() => decode(bytes)).toThrowError(expect.objectContaining({ code: 'incomplete' }));
  });
});

describe('writing WAV', () => {
  const encode = (lengthMs: number | undefined, samples = SOUND): Buffer => {
    const encoder = new WavEncoder(FORMAT, lengthMs);
    return Buffer.concat([encoder.encode(samples), encoder.finish()]);
  };

  it('says 0xFFFFFFFF twice while the length is not known', () => {
    const bytes = encode(undefined);
    expect([bytes.readUInt32LE(4), bytes.readUInt32LE(40)]).toEqual([UNKNOWN_SIZE, UNKNOWN_SIZE]);
    expect(bytes.length).toBe(44 + SOUND.byteLength);
  });

  it('holds true sizes when it is, although milliseconds are not samples', () => {
    for (const lengthMs of [50, 52.3, 47.9]) {
      const bytes = encode(lengthMs);
      expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8);
      expect(bytes.readUInt32LE(40)).toBe(bytes.length - 44);
      expect(bytes.length - 44).toBe(2 * Math.round(lengthMs * 16));
    }
  });

  it('does not hide that the announced length was wrong', () => {
    expect(() => encode(100)).toThrowError(expect.objectContaining({ code: 'internal' }));
    expect(() => encode(20)).toThrowError(expect.objectContaining({ code: 'internal' }));
  });
});
