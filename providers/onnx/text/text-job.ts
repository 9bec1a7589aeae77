import type { StyleTerm } from '../voices/style-mix.js';
import type { EncodedSentence, Frontend } from './frontend.js';

/** What the text host is asked. `scan` answers with file names, each before it is opened, then with inspections. */
export type TextJob =
  | { readonly kind: 'scan'; readonly root: string; readonly skip: readonly string[] }
  | {
      readonly kind: 'sentences';
      readonly frontend: Frontend;
      readonly text: string;
      /** With the words that the phonemes belong to. */
      readonly timed: boolean;
      /** Of voices that take a style vector. */
      readonly styles: readonly StyleTerm[];
    };

export interface SpokenSentence extends EncodedSentence {
  readonly style?: Float32Array;
}

/** The one answer to `sentences`. */
export interface SpokenText {
  readonly sentences: readonly SpokenSentence[];
}
