import type { SpeechPart, SpeechStream } from '../core/speech-part.js';

/** A stream pulled up to its first audio, that part included; nothing of it has been released. */
export interface OpenedSpeech {
  readonly head: readonly SpeechPart[];
  readonly rest: AsyncIterator<SpeechPart>;
}

/** What must be seen before a stream counts as heard. */
export type HeardTest = (part: SpeechPart) => boolean;

const isAudio: HeardTest = ({ type }) => type === 'audio';

/** Pulls until `heard` says so or the stream ends; throws what the stream throws before that. */
export async function openToAudio(source: SpeechStream, heard: HeardTest = isAudio): Promise<OpenedSpeech> {
  const rest = source[Symbol.asyncIterator]();
  const head: SpeechPart[] = [];
  for (;;) {
    const result = await rest.next();
    if (result.done) return { head, rest };
    head.push(result.value);
    if (heard(result.value)) return { head, rest };
  }
}

/** The whole stream again: what was held, then the rest as it comes. Leaving early closes the source. */
export function releaseOpened(speech: OpenedSpeech): AsyncIterableIterator<SpeechPart> {
  return new ReleasedSpeech(speech);
}

/** No generator: once what was held has left, a pull is the source's own and costs nothing more. */
class ReleasedSpeech implements AsyncIterableIterator<SpeechPart> {
  private released = 0;

  constructor(private readonly speech: OpenedSpeech) {}

  next(): Promise<IteratorResult<SpeechPart>> {
    const { head, rest } = this.speech;
    const value = head[this.released];
    if (value === undefined) return rest.next();
    this.released += 1;
    return Promise.resolve({ done: false, value });
  }

  async return(): Promise<IteratorResult<SpeechPart>> {
    this.released = Infinity;
    await this.speech.rest.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
