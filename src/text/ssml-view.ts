import { entityPieces, type SsmlToken } from './ssml-tokens.js';

/** Read as a whole by a voice: no segment ends inside. */
const ATOMIC = new Set(['say-as', 'sub', 'phoneme', 'w', 'token', 'audio']);
/** Never spoken. */
const UNSPOKEN = new Set(['desc', 'metadata', 'meta', 'lexicon']);
/** Paragraphs and sentences end where their author says so. */
const UNITS = new Set(['p', 's']);
const UNIT_BREAK = '\u2029';

/** The text of a document as it is looked at for sentence ends, with the place of every UTF-16 unit in the document. */
export interface SsmlView {
  readonly text: string;
  /** Where in the document a unit begins and ends; all units of an atomic element begin and end with it. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

export function ssmlView(ssml: string, tokens: readonly SsmlToken[]): SsmlView {
  return new ViewBuilder(ssml).read(tokens);
}

class ViewBuilder {
  private readonly text: string[] = [];
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private unspoken = 0;
  /** Elements open inside the atomic one, itself included. */
  private atomicDepth = 0;
  private atomicFrom = 0;
  private atomicStart = 0;

  constructor(private readonly ssml: string) {}

  read(tokens: readonly SsmlToken[]): SsmlView {
    for (const token of tokens) this.take(token);
    return { text: this.text.join(''), starts: this.starts, ends: this.ends };
  }

  private take(token: SsmlToken): void {
    const { kind, name, start, end } = token;
    if (kind === 'open') this.open(token);
    else if (kind === 'close') this.close(token);
    else if (kind === 'text') {
      for (const piece of entityPieces(this.ssml.slice(start, end))) {
        this.add(piece.decoded, start + piece.start, start + piece.end);
      }
    } else if (kind === 'cdata') {
      for (const unit of this.ssml.slice(start + 9, end - 3).split('')) this.add(unit, start, end);
    } else if (UNITS.has(name)) this.addBreak(start);
  }

  private open({ name, start }: SsmlToken): void {
    if (UNSPOKEN.has(name)) this.unspoken += 1;
    if (UNITS.has(name)) this.addBreak(start);
    if (this.atomicDepth > 0) this.atomicDepth += 1;
    else if (ATOMIC.has(name)) {
      this.atomicDepth = 1;
      this.atomicFrom = this.text.length;
      this.atomicStart = start;
    }
  }

  private close({ name, end }: SsmlToken): void {
    if (UNSPOKEN.has(name)) this.unspoken -= 1;
    if (UNITS.has(name)) this.addBreak(end);
    if (this.atomicDepth === 0) return;
    this.atomicDepth -= 1;
    if (this.atomicDepth > 0) return;
    this.starts.fill(this.atomicStart, this.atomicFrom);
    this.ends.fill(end, this.atomicFrom);
  }

  /** White space is all alike in XML: a line of the document is not a line of the text. */
  private add(decoded: string, start: number, end: number): void {
    if (this.unspoken > 0) return;
    for (const unit of decoded.split('')) {
      const plain = /\s/.test(unit) ? ' ' : unit;
      // No stop or blank inside an atomic element ends anything.
      this.text.push(this.atomicDepth > 0 && !/[\p{L}\p{N}\p{Cs}]/u.test(plain) ? '_' : plain);
      this.starts.push(start);
      this.ends.push(end);
    }
  }

  private addBreak(at: number): void {
    if (this.unspoken > 0 || this.atomicDepth > 0) return;
    this.text.push(UNIT_BREAK);
    this.starts.push(at);
    this.ends.push(at);
  }
}
