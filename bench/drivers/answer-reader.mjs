const LINE_FEED = 10;
const HEAD_END = Buffer.from('\r\n\r\n');
const MOST_HEAD_BYTES = 64 * 1024;

/**
 * Reads HTTP/1.1 answers of one connection, one after the other: chunked or with a length. Bytes of the body are told
 * by their place in the caller's buffer and never copied.
 */
export class AnswerReader {
  #handlers;
  #state = 'head';
  #carried = Buffer.alloc(0);
  #left = 0;
  #line = '';

  /** @param {{ head(status: number): void, body(buffer: Buffer, start: number, end: number): void, end(): void }} handlers */
  constructor(handlers) {
    this.#handlers = handlers;
  }

  /** The first `length` bytes of `buffer` have come. Throws for what is no HTTP. */
  push(buffer, length) {
    let at = 0;
    while (at < length) {
      if (this.#state === 'head') at = this.#head(buffer, at, length);
      else if (this.#state === 'data') at = this.#data(buffer, at, length);
      else at = this.#lineEnd(buffer, at, length);
    }
  }

  #head(buffer, at, length) {
    const carried = this.#carried.length;
    const bytes = Buffer.concat([this.#carried, buffer.subarray(at, length)]);
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) {
      if (bytes.length > MOST_HEAD_BYTES) throw new Error('the head of the answer does not end');
      this.#carried = bytes;
      return length;
    }
    this.#carried = Buffer.alloc(0);
    const head = bytes.latin1Slice(0, end);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
    if (!status) throw new Error('the answer is no HTTP/1.1');
    this.#handlers.head(status);
    this.chunked = /\r\ntransfer-encoding: *chunked/i.test(head);
    this.#left = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    this.#state = this.chunked ? 'size' : 'data';
    if (!this.chunked && this.#left === 0) this.#end();
    return at + end + HEAD_END.length - carried;
  }

  #data(buffer, at, length) {
    const end = Math.min(length, at + this.#left);
    this.#left -= end - at;
    this.#handlers.body(buffer, at, end);
    if (this.#left === 0) {
      if (this.chunked) this.#state = 'after data';
      else this.#end();
    }
    return end;
  }

  /** The lines between the chunks: a size, the end of a chunk, and trailers after the last. */
  #lineEnd(buffer, from, length) {
    const end = buffer.indexOf(LINE_FEED, from);
    const stop = end < 0 || end >= length ? length : end;
    this.#line += buffer.latin1Slice(from, stop);
    if (stop === length) return length;
    const line = this.#line.trim();
    this.#line = '';
    if (this.#state === 'after data') this.#state = 'size';
    else if (this.#state === 'trailers') {
      if (line === '') this.#end();
    } else {
      this.#left = Number.parseInt(line, 16);
      if (!(this.#left >= 0)) throw new Error('a chunk without its size');
      this.#state = this.#left === 0 ? 'trailers' : 'data';
    }
    return stop + 1;
  }

  #end() {
    this.#state = 'head';
    this.#handlers.end();
  }
}
