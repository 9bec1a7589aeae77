import { describe, expect, it } from 'vitest';
import { encodeWithFfmpeg } from '../../test/support/ffmpeg.js';
import { bytesOf, glide } from '../../test/support/test-sound.js';
import { identifyAudio } from './identify-audio.js';

const RATE_HZ = 22_050;
const pcm = bytesOf(glide(RATE_HZ, 400));

describe('identifyAudio', () => {
  it.each([
    ['mp3', ['-c:a', 'libmp3lame', '-f', 'mp3'], RATE_HZ],
    ['mp3', ['-c:a', 'libmp3lame', '-id3v2_version', '0', '-write_xing', '0', '-f', 'mp3'], RATE_HZ],
    ['mp3', ['-ar', '44100', '-c:a', 'libmp3lame', '-f', 'mp3'], 44_100],
    ['mp3', ['-ar', '11025', '-c:a', 'libmp3lame', '-f', 'mp3'], 11_025],
    ['aac', ['-c:a', 'aac', '-f', 'adts'], RATE_HZ],
    ['flac', ['-c:a', 'flac', '-f', 'flac'], RATE_HZ],
    ['wav', ['-f', 'wav'], RATE_HZ],
    ['opus', ['-ar', '24000', '-c:a', 'libopus', '-f', 'ogg'], 24_000],
  ] as const)('knows real %s by every beginning of it %o', (encoding, args, sampleRateHz) => {
    const bytes = encodeWithFfmpeg(pcm, RATE_HZ, args);
    const expected = { encoding, sampleRateHz, channels: 1 };
    for (const twice of [true, false]) {
      for (let length = 1; length < 3000; length += 1) {
        const found = identifyAudio(bytes.subarray(0, length), twice);
        if (found !== 'more') {
          expect(found).toEqual(expected);
          break;
        }
      }
      expect(identifyAudio(bytes.subarray(0, 8192), twice)).toEqual(expected);
    }
  });

  it('knows two channels', () => {
    const stereo = encodeWithFfmpeg(pcm, RATE_HZ, ['-ac', '2', '-c:a', 'libmp3lame', '-f', 'mp3']);
    expect(identifyAudio(stereo, false)).toMatchObject({ encoding: 'mp3', channels: 2 });
  });

  it('walks past other chunks of a wav file', () => {
    const wav = encodeWithFfmpeg(pcm, RATE_HZ, ['-f', 'wav']);
    const list = Buffer.from('LIST\x04\0\0\0INFO', 'latin1');
    const moved = Buffer.concat([wav.subarray(0, 12), list, wav.subarray(12)]);
    expect(identifyAudio(moved, false)).toMatchObject({ encoding: 'wav', sampleRateHz: RATE_HZ });
  });

  it('takes samples for samples, also where they begin like MP3', () => {
    expect(identifyAudio(pcm.subarray(0, 4000), true)).toBe('unknown');
    expect(identifyAudio(Buffer.alloc(100), true)).toBe('unknown');
    const likeMp3 = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x00, 0x12, 0x03, 0x33]), pcm.subarray(0, 4000)]);
    expect(identifyAudio(likeMp3, true)).toBe('unknown');
  });

  it.each([
    ['<!doctype html><html>', 'text'],
    ['{"error":{"message":"no"}}', 'text'],
    ['{', 'more'],
    ['RIFF', 'more'],
    ['RI', 'more'],
    ['RIFF\x04\0\0\0AVI LIST', 'foreign'],
    ['\x1aE\xdf\xa3webm', 'foreign'],
    ['\0\0\0\x20ftypM4A ', 'foreign'],
  ])('%j is %s', (bytes, expected) => {
    expect(identifyAudio(Buffer.from(bytes, 'latin1'), false)).toBe(expected);
  });
});
