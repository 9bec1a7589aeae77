import { once } from 'node:events';
import type { Server } from 'node:http';
import { Duplex } from 'node:stream';

/** A connection whose client takes so many bytes and then no more: what a kernel buffers is left out of it. */
export class NarrowWire extends Duplex {
  /** Bytes that the client took. */
  taken = 0;
  readonly hungUp = once(this, 'close');

  constructor(private readonly capacity: number) {
    super();
    this.on('error', () => {});
    this.on('finish', () => this.destroy());
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (this.taken + chunk.length > this.capacity) return;
    this.taken += chunk.length;
    done();
  }

  /** Connects to the server as a client would, and sends one request. */
  static ask(server: Server, capacity: number, path: string, body?: object): NarrowWire {
    const wire = new NarrowWire(capacity);
    server.emit('connection', wire);
    const sent = body === undefined ? '' : JSON.stringify(body);
    const type = body === undefined ? '' : `content-type: application/json\r\ncontent-length: ${sent.length}\r\n`;
    wire.push(
      `${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n${type}\r\n${sent}`,
    );
    return wire;
  }
}
