import type { AudioEncoding, AudioFormat } from '../../src/core/audio-format.js';
import { SpeechError } from '../../src/core/speech-error.js';
import type { SpeechTally } from '../../src/core/speech-tally.js';
import { identifyAudio } from './identify-audio.js';
import type { SpeechOutlet } from './pushed-speech.js';

/** Most bytes looked at before it is decided what they are. */
const MAX_HEAD_BYTES = 64 * 1024;

export interface AudioIntakeOptions {
  readonly outlet: SpeechOutlet;
  readonly tally: SpeechTally;
  /** What was asked for; for headerless audio it is believed, rate included. */
  readonly asked: AudioFormat;
  /** The answer's Content-Type. */
  readonly contentType: string;
  readonly warnings: readonly string[];
  /** UTF-16 units of the text, for the last part. */
  readonly characters: number;
  /** Takes text and keys out of what a server said, before it becomes the cause of an error. */
  readonly redact: (said: string) => string;
}

/**
 * Turns the bytes of one answer into parts. `start` names what the bytes really are, whatever was asked or announced;
 * samples of two bytes are kept whole across the network's cuts. `push` and `end` throw where there is no audio.
 */
export class AudioIntake {
  private started = false;
  private head: Buffer | undefined;
  private wholeSamples = false;
  private oddByte: Buffer | undefined;

  constructor(private readonly options: AudioIntakeOptions) {}

  /** False: pause. Throws `upstream_failed` for bytes that are no audio. */
  push(chunk: Buffer): boolean {
    if (this.started) return this.forward(chunk);
    this.head = this.head ? Buffer.concat([this.head, chunk]) : chunk;
    return this.begin(this.head, false);
  }

  /** The upstream said that this was all. Throws `incomplete` where nothing came. */
  end(): void {
    const { outlet, tally, characters } = this.options;
    if (!this.started) {
      if (!this.head?.length) throw new SpeechError('incomplete', 'The provider answered without any audio.');
      this.begin(this.head, true);
    }
    // Half a sample that is left over is no sound; a clip that lost more than that is the verdict's to find.
    outlet.push(tally.complete(characters));
    outlet.end();
  }

  private begin(head: Buffer, ended: boolean): boolean {
    const format = this.decide(head, ended);
    if (!format) return true;
    const { outlet, tally, warnings } = this.options;
    this.started = true;
    this.head = undefined;
    this.wholeSamples = format.encoding === 'pcm16';
    outlet.push(tally.start({ ...format, warnings }));
    return this.forward(head);
  }

  private decide(head: Buffer, ended: boolean): AudioFormat | undefined {
    const { asked, contentType } = this.options;
    const announced = announcedFormat(contentType, asked);
    const found = identifyAudio(head, announced !== undefined && isHeaderless(announced.encoding));
    if (typeof found === 'object') return found;
    if (found === 'more' && !ended && head.length < MAX_HEAD_BYTES) return undefined;
    if (found === 'text' || found === 'foreign' || announced === undefined) {
      throw this.notAudio(found === 'text' ? 'text' : 'something that is no known audio', head);
    }
    if (isHeaderless(announced.encoding)) return announced;
    // A server that labels raw samples as it likes, but was asked for them and sends nothing else.
    if (isHeaderless(asked.encoding)) return asked;
    throw this.notAudio(`no ${announced.encoding}`, head);
  }

  /** The first bytes go into the cause: an operator sees what the server said, a client does not. */
  private notAudio(what: string, head: Buffer): SpeechError {
    const said = what === 'text' ? this.options.redact(head.toString('utf8')) : head.toString('hex', 0, 16);
    const cause = new Error(`${this.options.contentType}: ${said}`);
    return new SpeechError('upstream_failed', `The provider answered with ${what} where audio was due.`, { cause });
  }

  private forward(chunk: Buffer): boolean {
    const { outlet, tally } = this.options;
    const data = this.wholeSamples ? this.whole(chunk) : chunk;
    return data.length === 0 || outlet.push(tally.audio(data));
  }

  private whole(chunk: Buffer): Buffer {
    let data = chunk;
    if (this.oddByte) {
      data = Buffer.concat([this.oddByte, chunk]);
      this.oddByte = undefined;
    }
    if (data.length % 2 === 0) return data;
    this.oddByte = Buffer.from(data.subarray(-1));
    return data.subarray(0, -1);
  }
}

function isHeaderless(encoding: AudioEncoding): boolean {
  return encoding === 'pcm16' || encoding === 'mulaw' || encoding === 'alaw';
}

/** What a Content-Type promises, its `rate` parameter included; undefined where it promises nothing that is known. */
export function announcedFormat(contentType: string, asked: AudioFormat): AudioFormat | undefined {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  const rate = Number(/^\s*rate=(\d{4,6})\s*$/.exec(parameters.find((text) => text.includes('rate=')) ?? '')?.[1]);
  const sampleRateHz = rate > 0 ? rate : asked.sampleRateHz;
  const name = type.trim().replace(/^audio\/(x-)?/, '');
  const encoding = ENCODING_BY_TYPE[name];
  if (encoding !== undefined) return { encoding, sampleRateHz, channels: 1 };
  return CARRIES_ANYTHING.has(type.trim()) ? asked : undefined;
}

const CARRIES_ANYTHING = new Set(['', 'application/octet-stream', 'binary/octet-stream', 'text/event-stream']);

const ENCODING_BY_TYPE: Readonly<Record<string, AudioEncoding>> = {
  pcm: 'pcm16',
  raw: 'pcm16',
  l16: 'pcm16',
  wav: 'wav',
  wave: 'wav',
  'vnd.wave': 'wav',
  mpeg: 'mp3',
  mp3: 'mp3',
  ogg: 'opus',
  opus: 'opus',
  flac: 'flac',
  aac: 'aac',
  aacp: 'aac',
  basic: 'mulaw',
  mulaw: 'mulaw',
  alaw: 'alaw',
  'alaw-basic': 'alaw',
};
