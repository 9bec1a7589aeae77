import type { AudioEncoding } from '../../src/core/audio-format.js';
import type { Behaviour } from './behaviour.js';
import type { Dialect } from './error-bodies.js';
import type { SpokenAudio } from './spoken-audio.js';

type Headers = readonly (readonly [name: string, value: string])[];

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  401: 'Unauthorized',
  404: 'Not Found',
  429: 'Too Many Requests',
};

const TYPES: Readonly<Record<AudioEncoding, string>> = {
  pcm16: 'audio/pcm',
  wav: 'audio/wav',
  mp3: 'audio/mpeg',
  opus: 'audio/ogg',
  flac: 'audio/flac',
  aac: 'audio/aac',
  mulaw: 'audio/basic',
  alaw: 'audio/x-alaw-basic',
};

export function responseHead(status: number, headers: Headers): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`HTTP/1.1 ${status} ${REASONS[status] ?? 'Status'}\r\n${lines}\r\n`, 'latin1');
}

/** A whole answer that is no audio. */
export function wholeAnswer(status: number, contentType: string, body: string, more: Headers = []): Buffer {
  const headers: Headers = [['content-type', contentType], ['content-length', `${Buffer.byteLength(body)}`], ...more];
  return Buffer.concat([responseHead(status, headers), Buffer.from(body)]);
}

/** What the vendor calls the audio. openedai-speech names the rate of its samples, which depends on the model. */
export function audioType(
  audio: SpokenAudio,
  asked: AudioEncoding,
  { contentType, lie }: Behaviour,
  dialect: Dialect,
): string {
  if (contentType !== undefined) return contentType;
  const labelled = lie === 'wrong-codec' ? asked : audio.encoding;
  if (labelled === 'pcm16' && (dialect === 'openedai' || lie === 'wrong-rate'))
    return `audio/pcm;rate=${audio.sampleRateHz}`;
  if (dialect === 'openedai' && labelled === 'opus') return 'audio/ogg;codec=opus';
  if (dialect === 'openedai' && labelled === 'flac') return 'audio/x-flac';
  if (dialect === 'kokoro' && labelled === 'opus') return 'audio/opus';
  return TYPES[labelled];
}
