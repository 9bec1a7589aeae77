import { SpeechError } from '../../../src/core/speech-error.js';
import { symbolsOf } from './encode-ids.js';
import type { Frontend, Sentence } from './frontend.js';
import { textPieces } from './raw-phonemes.js';
import { SentenceBuilder } from './sentence-builder.js';
import { wordsOf } from './words.js';

/**
 * The text itself as the symbols of a voice: one sentence. Characters are decomposed where the voice knows only the
 * parts, and small where it knows only the small ones.
 */
export function textSentences(frontend: Frontend, text: string): Sentence[] {
  const { encoding, lowerCase, source } = frontend;
  if (source === 'pinyin' && /\p{Script=Han}/u.test(text)) {
    throw new SpeechError(
      'unsupported',
      'This voice reads pinyin with tone numbers ("ni3 hao3"), not Chinese characters.',
    );
  }
  const builder = new SentenceBuilder();
  for (const { kind, text: piece, start } of textPieces(text)) {
    const words = wordsOf(piece, 0, piece.length);
    const first = builder.addWords(words.map((word) => ({ start: word.start + start, end: word.end + start })));
    let word = 0;
    let at = 0;
    for (const symbol of symbolsOf(piece, encoding.clusters)) {
      while (word < words.length && at >= (words[word]?.end ?? 0)) word += 1;
      const inside = kind === 'text' && at >= (words[word]?.start ?? Infinity);
      const written = lowerCase ? symbol.toLowerCase() : symbol;
      const parts = written in encoding.ids ? [written] : Array.from(written.normalize('NFD'));
      builder.add(style(frontend, parts), inside ? first + word : -1);
      at += symbol.length;
    }
  }
  builder.reach(text.length);
  return builder.sentences();
}

/** A tokenizer without the character drops it; Piper says so, the others do not. */
function style({ style: kind, encoding }: Frontend, symbols: readonly string[]): readonly string[] {
  return kind === 'piper' ? symbols : symbols.filter((symbol) => symbol in encoding.ids);
}
