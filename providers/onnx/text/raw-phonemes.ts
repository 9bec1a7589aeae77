/** A stretch of the text: spoken, or phonemes as they are, written in `[[` and `]]`. */
export interface TextPiece {
  readonly kind: 'text' | 'phonemes';
  readonly text: string;
  /** UTF-16 offset of `text`. */
  readonly start: number;
}

/** Takes the `[[ … ]]` blocks out of a text. A block that is not closed is text. */
export function textPieces(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let at = 0;
  for (const match of text.matchAll(/\[\[(.*?)\]\]/gs)) {
    if (match.index > at) pieces.push({ kind: 'text', text: text.slice(at, match.index), start: at });
    pieces.push({ kind: 'phonemes', text: match[1] ?? '', start: match.index + 2 });
    at = match.index + match[0].length;
  }
  if (at < text.length) pieces.push({ kind: 'text', text: text.slice(at), start: at });
  return pieces;
}
