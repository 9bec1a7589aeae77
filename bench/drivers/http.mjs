import net from 'node:net';

import { AnswerReader } from './answer-reader.mjs';

// An answer is read before the callback returns, so one buffer does for all sockets.
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);
const SILENCE_MS = 30_000;

/** `POST /v1/audio/speech` straight on a TCP socket: the client must leave the cores to what is measured. */
export class HttpDriver {
  constructor({ url }) {
    this.url = new URL(url);
  }

  open() {
    return new HttpConnection(this.url);
  }
}

class HttpConnection {
  #url;
  #socket;
  #listener;
  #settle;

  constructor(url) {
    this.#url = url;
  }

  /** Resolves when the answer has ended, however it did. */
  speak({ model, input, voice, format, sampleRateHz }, listener) {
    const body = JSON.stringify({ model, input, voice, response_format: format, sample_rate_hz: sampleRateHz });
    return new Promise((resolve) => {
      this.#listener = listener;
      this.#settle = resolve;
      this.#socket ??= this.#connect();
      this.#socket.write(
        `POST /v1/audio/speech HTTP/1.1\r\nhost: ${this.#url.host}\r\ncontent-type: application/json\r\n` +
          `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    });
  }

  close() {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #connect() {
    const reader = new AnswerReader({
      head: (status) => this.#listener.head(status),
      body: (buffer, start, end) => this.#listener.audio(buffer, start, end),
      end: () => this.#end(),
    });
    const read = (length, buffer) => {
      try {
        reader.push(buffer, length);
      } catch {
        this.#end('no HTTP');
      }
      return true;
    };
    const { hostname, port } = this.#url;
    const socket = net.connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      onread: { buffer: READ_BUFFER, callback: read },
    });
    socket.setTimeout(SILENCE_MS);
    socket.on('timeout', () => this.#end('silence'));
    socket.on('error', ({ code }) => this.#end(code));
    socket.on('close', () => this.#end('closed early'));
    return socket;
  }

  #end(failure) {
    const listener = this.#listener;
    this.#listener = undefined;
    if (failure !== undefined) this.close();
    if (listener === undefined) return;
    if (failure === undefined) listener.done();
    else listener.failed(failure);
    this.#settle();
  }
}
