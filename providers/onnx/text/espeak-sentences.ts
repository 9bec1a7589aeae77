import { alignWords, type WordSound } from './align-words.js';
import { isClauseMark, type Clause } from './clause.js';
import { symbolsOf } from './encode-ids.js';
import type { EspeakPhonemizer } from './espeak-phonemizer.js';
import type { Frontend, Sentence, Word } from './frontend.js';
import { kokoroSymbols } from './kokoro-symbols.js';
import { textPieces, type TextPiece } from './raw-phonemes.js';
import { SentenceBuilder } from './sentence-builder.js';
import { wordsOf } from './words.js';

/**
 * Sentences of phonemes as Piper assembles them: espeak's clauses, each with its mark, commas and colons with a space
 * behind; a clause that ends a sentence closes it. Raw phonemes stay in the sentence that they stand in.
 */
export function espeakSentences(
  espeak: EspeakPhonemizer,
  frontend: Frontend,
  text: string,
  timed: boolean,
): Sentence[] {
  espeak.select(frontend.espeakVoice);
  const builder = new SentenceBuilder();
  const pieces = textPieces(text);
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind === 'phonemes') addRaw(builder, frontend, piece);
    else addText(espeak, builder, { frontend, piece, isLast: index === pieces.length - 1, timed });
  }
  builder.reach(text.length);
  return builder.sentences();
}

interface TextPart {
  readonly frontend: Frontend;
  readonly piece: TextPiece;
  readonly isLast: boolean;
  readonly timed: boolean;
}

function addText(espeak: EspeakPhonemizer, builder: SentenceBuilder, part: TextPart): void {
  const { frontend, piece, isLast, timed } = part;
  const clauses = espeak.clauses(piece.text);
  // A space beside a raw block is heard; espeak leaves it out.
  if (!builder.isEmpty && /^\s/.test(piece.text)) builder.add([' '], -1);
  for (const [index, clause] of clauses.entries()) {
    const owners = timed ? wordOwners(espeak, builder, piece, clause) : undefined;
    addClause(builder, frontend, clause, piece.text, owners);
    builder.reach(piece.start + clause.end);
    const runsOn = !isLast && index === clauses.length - 1 && clause.mark === '';
    if (clause.endsSentence && !runsOn) builder.close();
  }
  if (!isLast && !builder.isEmpty && /\s$/.test(piece.text)) builder.add([' '], -1);
}

function addRaw(builder: SentenceBuilder, { encoding }: Frontend, piece: TextPiece): void {
  builder.add(symbolsOf(piece.text.normalize('NFD'), encoding.clusters), -1);
  builder.reach(piece.start + piece.text.length + 2);
}

/** For each letter of the clause, spaces and stress left out, the word that it belongs to. */
function wordOwners(espeak: EspeakPhonemizer, builder: SentenceBuilder, piece: TextPiece, clause: Clause): number[] {
  const words: Word[] = wordsOf(piece.text, clause.start, clause.end);
  const first = builder.addWords(
    words.map(({ start, end }) => ({ start: start + piece.start, end: end + piece.start })),
  );
  const sounds = words.flatMap(({ start, end }, index): WordSound[] =>
    lettersOf(espeak.word(piece.text.slice(start, end))).map((sound) => ({ sound, word: first + index })),
  );
  return alignWords(lettersOf(clause.phonemes), sounds);
}

const SILENT = /[_ \u02c8\u02cc]/gu;

function lettersOf(phonemes: string): string[] {
  return Array.from(phonemes.replace(SILENT, ''));
}

function addClause(
  builder: SentenceBuilder,
  frontend: Frontend,
  clause: Clause,
  text: string,
  owners?: readonly number[],
): void {
  const { style, encoding, espeakVoice } = frontend;
  const around =
    style === 'piper' ? { before: '', after: clause.mark } : punctuationOf(text.slice(clause.start, clause.end));
  if (style === 'kitten' && around.after !== '') around.after = ` ${around.after}`;
  // A clause that ends in a dash or in a mark without a name must not run into the next word.
  if (!builder.isEmpty && builder.lastSymbol !== ' ') builder.add([' '], -1);
  builder.add(Array.from(around.before), -1);
  let letter = 0;
  let owner = -1;
  for (const [index, word] of clause.phonemes.split(/\s+/).entries()) {
    if (index > 0) builder.add([' '], -1);
    for (const phoneme of word.split(/_+/)) {
      const letters = lettersOf(phoneme).length;
      const written = style === 'kokoro' ? kokoroSymbols(phoneme, espeakVoice) : phoneme;
      // Stress marks come before the letter that they belong to.
      owner = owners?.[letter] ?? owner;
      for (const symbol of symbolsOf(written.normalize('NFD'), encoding.clusters))
        builder.add([symbol], owners ? owner : -1);
      letter += letters;
    }
  }
  builder.add(Array.from(around.after), -1);
  const pauses = style === 'piper' ? /[,:;]/.test(clause.mark) : !clause.endsSentence;
  if (pauses && around.after !== '') builder.add([' '], -1);
}

/** Punctuation at both ends of a clause, as it is written. Quotes are left out: their other half may be anywhere. */
function punctuationOf(clause: string): { before: string; after: string } {
  const before = /^\s*([(\u00a1\u00bf]*)/.exec(clause)?.[1] ?? '';
  const trimmed = clause.trimEnd().replace(/["'\u201d\u2019\u00bb]+$/, '');
  let at = trimmed.length;
  while (at > 0 && (isClauseMark(trimmed[at - 1] ?? '') || /["\u201d\u2019\u00bb)]/.test(trimmed[at - 1] ?? '')))
    at -= 1;
  const marks = trimmed.slice(at).replace(/["\u201d\u2019\u00bb]/g, '');
  return { before, after: marks !== '' && /\s$/.test(trimmed.slice(0, at)) ? ` ${marks}` : marks };
}
