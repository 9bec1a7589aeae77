/** A stretch of the client's text that is spoken as a unit. */
export interface TextSegment {
  /** 0, 1, 2, … over the segments of one speech. */
  readonly index: number;
  /** What to say: a slice of the client's text, or a self-contained `<speak>` document. Never only white space. */
  readonly text: string;
  readonly markup: 'plain' | 'ssml';
  /** UTF-16 offsets into the text as the client sent it. */
  readonly textStart: number;
  readonly textEnd: number;
  /** Moves a UTF-16 offset into `text` to the client's own text; offsets outside are brought inside. */
  toClientOffset(offset: number): number;
}
