import type { Phoneme, Sentence, Word } from './frontend.js';

/** Gathers phonemes and words until a sentence is closed. Offsets are those of the whole text. */
export class SentenceBuilder {
  private readonly closed: Sentence[] = [];
  private phonemes: Phoneme[] = [];
  private words: Word[] = [];
  private start = 0;
  private end = 0;

  /** Adds words and returns the index of the first in this sentence. */
  addWords(words: readonly Word[]): number {
    const first = this.words.length;
    this.words.push(...words);
    return first;
  }

  add(symbols: readonly string[], word: number): void {
    for (const symbol of symbols) this.phonemes.push({ symbol, word });
  }

  get isEmpty(): boolean {
    return this.phonemes.length === 0;
  }

  get lastSymbol(): string | undefined {
    return this.phonemes.at(-1)?.symbol;
  }

  reach(end: number): void {
    this.end = Math.max(this.end, end);
  }

  /** Ends the sentence; one without a sound is dropped, its text goes to the next. */
  close(): void {
    const hasSound = this.phonemes.some(({ symbol }) => /[\p{L}\p{N}]/u.test(symbol));
    if (!hasSound) return;
    this.closed.push({ phonemes: this.phonemes, words: this.words, start: this.start, end: this.end });
    this.phonemes = [];
    this.words = [];
    this.start = this.end;
  }

  sentences(): Sentence[] {
    this.close();
    return this.closed;
  }
}
