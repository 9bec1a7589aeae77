import { describe, expect, it } from 'vitest';
import { encodeWithFfmpeg } from '../../../test/support/ffmpeg.js';
import { bytesOf, glide } from '../../../test/support/test-sound.js';
import { OggOpusReader } from './ogg-opus-reader.js';
import { OggOpusWriter } from './ogg-opus-writer.js';
import { OGG_FIRST, OGG_LAST, oggCrc, writeOggPage } from './ogg-page.js';
import { OggPackets } from './ogg-packets.js';
import { opusPacketSamples } from './opus-packet.js';

/** 20 ms of CELT at full band, by its first byte; the rest is not looked at. */
const packet = (length: number): Buffer => Buffer.alloc(length, 0xf8);

function pages(
  bytes: Buffer,
): { flags: number; granule: bigint; sequence: number; crcRight: boolean; packets: number }[] {
  const found = [];
  for (let at = 0; at < bytes.length;) {
    const segments = bytes[at + 26] ?? 0;
    const lacing = bytes.subarray(at + 27, at + 27 + segments);
    const end = at + 27 + segments + lacing.reduce((sum, lace) => sum + lace, 0);
    const page = Buffer.from(bytes.subarray(at, end));
    const crc = page.readUInt32LE(22);
    page.writeUInt32LE(0, 22);
    found.push({
      flags: page[5] ?? 0,
      granule: page.readBigInt64LE(6),
      sequence: page.readUInt32LE(18),
      crcRight: oggCrc(page) === crc,
      packets: lacing.filter((lace) => lace < 255).length,
    });
    at = end;
  }
  return found;
}

describe('Ogg', () => {
  it('computes the checksum that libogg computes', () => {
    const theirs = encodeWithFfmpeg(bytesOf(glide(24_000, 2500)), 24_000, ['-c:a', 'libopus', '-f', 'ogg']);
    expect(pages(theirs).every(({ crcRight }) => crcRight)).toBe(true);
  });

  it('writes pages with right flags, numbers, checksums and granule positions', () => {
    const writer = new OggOpusWriter({ preSkip: 120, inputRateHz: 24_000 });
    const body = writer.write([packet(80), packet(255), packet(600), packet(90)]);
    // 4 packets and a half, at 24 kHz.
    const bytes = Buffer.concat([body, writer.finish([packet(70)], 2160)]);
    expect(pages(bytes)).toEqual([
      { flags: OGG_FIRST, granule: 0n, sequence: 0, crcRight: true, packets: 1 },
      { flags: 0, granule: 0n, sequence: 1, crcRight: true, packets: 1 },
      { flags: 0, granule: 960n, sequence: 2, crcRight: true, packets: 1 },
      { flags: 0, granule: 2880n, sequence: 3, crcRight: true, packets: 2 },
      { flags: OGG_LAST, granule: 4440n, sequence: 4, crcRight: true, packets: 2 },
    ]);
  });

  it('the last page always holds the last packet, so that players cut its padding', () => {
    const writer = new OggOpusWriter({ preSkip: 120, inputRateHz: 48_000 });
    const bytes = Buffer.concat([
      writer.write([packet(10)]),
      writer.finish([packet(10), packet(10), packet(10)], 3000),
    ]);
    expect(pages(bytes).at(-1)).toMatchObject({ flags: OGG_LAST, granule: 3120n, packets: 1 });
  });

  it('hands out a packet before its page has ended, and joins those that span pages', () => {
    const seen: number[] = [];
    const packets = new OggPackets(({ length }) => seen.push(length));
    const page = writeOggPage({
      flags: OGG_FIRST,
      granule: 0n,
      serial: 7,
      sequence: 0,
      packets: [packet(100), packet(510)],
    });
    packets.push(page.subarray(0, 27 + 4 + 100));
    expect(seen).toEqual([100]);
    packets.push(page.subarray(27 + 4 + 100));
    expect(seen).toEqual([100, 510]);
  });

  it('reads chained streams, and skips one that is multiplexed', () => {
    const heads: number[] = [];
    const counted: number[] = [];
    const reader = new OggOpusReader({
      onHead: ({ preSkip }) => heads.push(preSkip),
      onPacket: (_packet, samples) => counted.push(samples),
    });
    const one = (preSkip: number): Buffer =>
      new OggOpusWriter({ preSkip, inputRateHz: 48_000 }).finish([packet(50)], 500);
    const alien = writeOggPage({ flags: 0, granule: 1n, serial: 99, sequence: 5, packets: [packet(33)] });
    reader.push(Buffer.concat([one(120), alien, one(312)]));
    reader.end();
    expect(heads).toEqual([120, 312]);
    expect(counted).toEqual([960, 960]);
  });

  it('refuses a page whose checksum is wrong', () => {
    const page = writeOggPage({ flags: OGG_FIRST, granule: 0n, serial: 7, sequence: 0, packets: [packet(40)] });
    page[page.length - 1] = 0;
    expect(() => new OggPackets(() => {}).push(page)).toThrowError(expect.objectContaining({ code: 'incomplete' }));
  });

  it.each([
    [0xf8, [], 960],
    [0x08, [], 960],
    [0x18, [], 2880],
    [0x79, [], 1920],
    [0xe3, [3], 360],
    [0x1b, [60], 0],
  ])('knows how long a packet is that begins with %i', (toc, more, samples) => {
    expect(opusPacketSamples(Buffer.from([toc, ...more]))).toBe(samples);
  });
});
