/** How the text of a voice becomes ids; structured-clone value. */
export interface Frontend {
  readonly source: 'espeak' | 'text' | 'pinyin';
  /** espeak's own name, where `source` is `espeak`. */
  readonly espeakVoice: string;
  /** `piper`: espeak's clauses and their marks. `kokoro`, `kitten`, `plain`: punctuation is kept where it stands. */
  readonly style: 'piper' | 'kokoro' | 'kitten' | 'plain';
  readonly lowerCase: boolean;
  readonly encoding: Encoding;
}

export interface Encoding {
  readonly ids: Readonly<Record<string, readonly number[]>>;
  /** Symbols of several code points, the longest first. */
  readonly clusters: readonly string[];
  readonly start: readonly number[];
  readonly end: readonly number[];
  /** Where a filler stands: after each symbol (Piper), around each (`add_blank`), after each syllable (pinyin). */
  readonly filler: 'none' | 'after' | 'around' | 'syllable';
  readonly fillerId: number;
  /** More ids than this are cut at a word. */
  readonly maxIds: number;
}

/** A word of the text: UTF-16 offsets. */
export interface Word {
  readonly start: number;
  readonly end: number;
}

/** `word` is an index into the sentence's words; -1 for spaces and punctuation. */
export interface Phoneme {
  readonly symbol: string;
  readonly word: number;
}

/** What is spoken in one run of the model. Offsets are UTF-16, into the text that was given. */
export interface Sentence {
  readonly phonemes: readonly Phoneme[];
  readonly words: readonly Word[];
  readonly start: number;
  readonly end: number;
}

/** A sentence as ids. `owners[i]` is the index of the phoneme that id `i` belongs to, -1 for the frame around them. */
export interface EncodedSentence extends Sentence {
  readonly ids: readonly number[];
  readonly owners: readonly number[];
  /** Symbols that the voice does not know. */
  readonly unknown: readonly string[];
}
