const LF = 10;
const CR = 13;
const MAX_LINE_BYTES = 8 * 1024 * 1024;

/** `event` is empty where the stream names none. */
export type OnSseEvent = (data: string, event: string) => void;

/**
 * Reads server-sent events from bytes cut anywhere, also inside a character or between CR and LF.
 * Lines end in LF or CRLF; comments, `id` and `retry` are skipped. A line that is never ended throws at 8 MiB.
 * Format: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export class SseReader {
  private pieces: Buffer[] = [];
  private held = 0;
  private data: string | undefined;
  private event = '';

  constructor(private readonly onEvent: OnSseEvent) {}

  push(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, from)) {
      this.line(this.join(chunk.subarray(from, at)));
      from = at + 1;
    }
    if (from < chunk.length) this.keep(chunk.subarray(from));
  }

  /** The stream is over: an event whose closing blank line is missing is still handed on. */
  end(): void {
    if (this.held > 0) this.line(this.join(Buffer.alloc(0)));
    this.dispatch();
  }

  private keep(piece: Buffer): void {
    this.held += piece.length;
    if (this.held > MAX_LINE_BYTES) throw new Error(`an event line is longer than ${MAX_LINE_BYTES} bytes`);
    this.pieces.push(piece);
  }

  private join(last: Buffer): string {
    let bytes = last;
    if (this.held > 0) {
      bytes = Buffer.concat([...this.pieces, last]);
      this.pieces = [];
      this.held = 0;
    }
    const length = bytes.at(-1) === CR ? bytes.length - 1 : bytes.length;
    return bytes.toString('utf8', 0, length);
  }

  private line(line: string): void {
    if (line === '') this.dispatch();
    else if (line.startsWith('data:')) {
      const value = fieldValue(line, 5);
      this.data = this.data === undefined ? value : `${this.data}\n${value}`;
    } else if (line.startsWith('event:')) this.event = fieldValue(line, 6);
  }

  private dispatch(): void {
    const { data, event } = this;
    this.data = undefined;
    this.event = '';
    if (data !== undefined) this.onEvent(data, event);
  }
}

function fieldValue(line: string, from: number): string {
  return line.slice(line[from] === ' ' ? from + 1 : from);
}
