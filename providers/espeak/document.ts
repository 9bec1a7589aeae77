/** What the engine is given for a request, and the way back from its positions. */
export interface EspeakDocument {
  /** SSML: the engine reads all input as such. */
  readonly text: string;
  /** UTF-16 offset into the request's text of a code point of `text`, 0-based; beyond the end it is the end. */
  offsetOf(position: number): number;
}

const ENTITY = /&(?:#\d+|#x[\da-f]+|\w+);/iy;

/**
 * Plain text becomes markup that is spoken as it was written: `<` and `&` are escaped, and `[[`, which starts phoneme
 * input, is parted by a zero-width space. SSML is passed on. Control characters (the engine's command prefix is one)
 * become spaces in both, and half surrogates, which UTF-8 cannot carry, U+FFFD.
 */
export function espeakDocument(text: string, markup: 'plain' | 'ssml'): EspeakDocument {
  const pieces: string[] = [];
  const offsets: number[] = [];
  for (let at = 0; at < text.length;) {
    const [piece, length] = markup === 'plain' ? plainPiece(text, at) : markupPiece(text, at);
    pieces.push(piece);
    for (const _ of piece) offsets.push(at);
    at += length;
  }
  return {
    text: pieces.join(''),
    offsetOf: (position) => offsets[Math.max(0, position)] ?? text.length,
  };
}

/** What to write for the character at `at`, and how many UTF-16 units it has. */
function plainPiece(text: string, at: number): [piece: string, length: number] {
  const character = characterAt(text, at);
  if (character === '<') return ['&lt;', 1];
  if (character === '&') return ['&amp;', 1];
  if (character === '[' && text[at + 1] === '[') return ['[\u200b', 1];
  return [speakable(character), character.length];
}

function markupPiece(text: string, at: number): [piece: string, length: number] {
  const character = characterAt(text, at);
  if (character !== '&') return [speakable(character), character.length];
  ENTITY.lastIndex = at;
  const entity = ENTITY.exec(text)?.[0] ?? '&';
  return [entity, entity.length];
}

function characterAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0);
}

function speakable(character: string): string {
  if (/\p{Surrogate}/u.test(character)) return '\uFFFD';
  return /\p{Cc}/u.test(character) && !/[\t\n\r]/.test(character) ? ' ' : character;
}
