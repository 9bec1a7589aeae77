import type { SpeechRequest } from '../../core/speech-request.js';

/** What is left to be said, as a request of its own. */
export interface Rest {
  readonly request: SpeechRequest;
  /** Where it begins in the client's text. */
  readonly textStart: number;
  /** From offsets in the parts that answer this request to offsets in the client's text. */
  toClientOffset(offset: number): number;
}

/**
 * The rest of `request` from `offset` (UTF-16, client's text) on; it may begin sooner, where the text cannot be cut.
 * Undefined: it cannot be cut at all, and the speech ends in its error.
 */
export type RestOfText = (request: SpeechRequest, offset: number) => Rest | undefined;

/** Cuts plain text. SSML is for the gateway, which knows its segments. */
export const restOfPlainText: RestOfText = (request, offset) =>
  request.markup === 'plain'
    ? {
        request: { ...request, text: request.text.slice(offset) },
        textStart: offset,
        toClientOffset: (at) => at + offset,
      }
    : undefined;

const SAYABLE = /[\p{L}\p{N}]/u;
/** What may stand between a word and the next one and belongs to the word before. */
const BETWEEN = /^(?:[,.;:!?…)\]}»”’"']+(?=\s|$)|[、。，！？；：]+|\s+)+/u;

/** Where the next word begins at or after `offset`; undefined when no word follows. */
export function nextWordStart(text: string, offset: number): number | undefined {
  const rest = text.slice(offset);
  if (!SAYABLE.test(rest)) return undefined;
  return offset + (BETWEEN.exec(rest)?.[0].length ?? 0);
}

/** The start of the word before the one that `offset` is in, not before `from`. */
export function previousWordStart(text: string, offset: number, from: number): number {
  const words = [...text.slice(from, offset).matchAll(/\S+/gu)];
  const start = words.at(-2)?.index;
  return from + (start ?? 0);
}
