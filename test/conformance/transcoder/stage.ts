import { createHostFactory, type HostRegistry } from '../../../src/hosts/host-factory.js';
import { createTranscoder, type TranscodeTarget, type Transcoder } from '../../../src/audio/transcoder.js';
import type { AudioFormat } from '../../../src/core/audio-format.js';
import type { CallContext } from '../../../src/core/call-context.js';
import type { CompletePart, SpeechPart, SpeechStream, StartPart } from '../../../src/core/speech-part.js';
import {
  audioOf,
  audioPart,
  collect,
  completePart,
  startPart,
  streamOf,
  testCall,
} from '../../support/speech-parts.js';

/** A transcoder with real hosts. */
export interface Stage {
  readonly transcoder: Transcoder;
  readonly hosts: HostRegistry;
}

export async function openStage(engine: 'native' | 'permissive'): Promise<Stage> {
  const hosts = createHostFactory();
  const transcoder = createTranscoder({ hosts, engine, poolSize: 1 });
  await transcoder.ready();
  return { transcoder, hosts };
}

export interface Heard {
  readonly start: StartPart;
  readonly bytes: Buffer;
  readonly complete: CompletePart;
  readonly parts: readonly SpeechPart[];
}

/** Runs a whole speech; a stream that fails rejects. */
export async function hear(
  stage: Stage,
  source: SpeechStream,
  target: TranscodeTarget,
  call: CallContext = testCall(),
): Promise<Heard> {
  const parts = await collect(stage.transcoder.transcode(target)(source, call));
  const [start] = parts;
  const complete = parts.at(-1);
  if (start?.type !== 'start' || complete?.type !== 'complete') throw new Error('the stream is not framed');
  return { start, bytes: audioOf(parts), complete, parts };
}

/** One clip cut into chunks of `chunkBytes`. */
export function clip(format: AudioFormat, bytes: Buffer, chunkBytes: number): SpeechStream {
  return streamOf([opening(format), ...chunks(bytes, chunkBytes), completePart()]);
}

export function opening({ encoding, sampleRateHz, channels }: AudioFormat): StartPart {
  return startPart({ format: encoding, sampleRateHz, channels });
}

export function chunks(bytes: Buffer, chunkBytes: number, segment = 0): SpeechPart[] {
  const count = Math.ceil(bytes.length / chunkBytes);
  return Array.from({ length: count }, (_, i) =>
    audioPart(i, bytes.subarray(i * chunkBytes, (i + 1) * chunkBytes), segment),
  );
}

/** A source that is watched: what was pulled, and whether it was told to close. It gives `more()` until undefined. */
export class WatchedSource implements AsyncIterableIterator<SpeechPart> {
  pulledBytes = 0;
  readonly closed: Promise<void>;
  private tellClosed = (): void => {};

  constructor(private readonly more: () => SpeechPart | undefined | Promise<SpeechPart | undefined>) {
    this.closed = new Promise((resolve) => {
      this.tellClosed = resolve;
    });
  }

  async next(): Promise<IteratorResult<SpeechPart>> {
    const value = await this.more();
    if (value === undefined) return { done: true, value };
    if (value.type === 'audio') this.pulledBytes += value.data.length;
    return { done: false, value };
  }

  return(): Promise<IteratorResult<SpeechPart>> {
    this.tellClosed();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** `start`, then chunk after chunk of `bytes` over and over, without an end. */
export function endless(format: AudioFormat, bytes: Buffer, chunkBytes: number): WatchedSource {
  const all = chunks(bytes, chunkBytes);
  let at = -1;
  return new WatchedSource(() => (at++ < 0 ? opening(format) : all[at % all.length]));
}

/** `start`, the parts given, then nothing for ever. */
export function stalling(format: AudioFormat, parts: readonly SpeechPart[]): WatchedSource {
  const script: SpeechPart[] = [opening(format), ...parts];
  return new WatchedSource(() => script.shift() ?? new Promise<never>(() => {}));
}
