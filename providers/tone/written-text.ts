import type { SpeechRequest } from '../../src/core/speech-request.js';

/** The text of a request at once, or whole words of it as they are written; nothing in between is torn apart. */
export async function* textOf({ text, textStream }: SpeechRequest): AsyncGenerator<string, void, undefined> {
  if (textStream) yield* wholeWords(textStream);
  else yield text;
}

async function* wholeWords(pieces: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let waiting = '';
  for await (const piece of pieces) {
    waiting += piece;
    const end = piece === '' ? waiting.length : waiting.search(/\S*$/);
    if (end > 0) yield waiting.slice(0, end);
    waiting = waiting.slice(end);
  }
  if (waiting !== '') yield waiting;
}
