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
export async function* releaseOpened({ head, rest }: OpenedSpeech): AsyncGenerator<SpeechPart, void, undefined> {
  let ended = false;
  try {
    yield* head;
    for (;;) {
      let result: IteratorResult<SpeechPart>;
      try {
        result = await rest.next();
      } catch (error) {
        ended = true;
        throw error;
      }
      if (result.done) {
        ended = true;
        return;
      }
      yield result.value;
    }
  } finally {
    if (!ended) await rest.return?.();
  }
}
