import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';

export interface Frame {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface Received {
  /** Of a JSON frame. */
  readonly frame?: Frame;
  /** Of a binary one. */
  readonly bytes?: Buffer;
  /** `performance.now()` at its arrival. */
  readonly atMs: number;
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** Frames that may wait for their reader before the socket is no longer read. */
const MAX_WAITING = 4;

/** A WebSocket client that reads no faster than it is asked to. */
export class SocketClient {
  /** Resolves when the socket has closed. */
  readonly closed: Promise<Closed>;
  private readonly waiting: Received[] = [];
  private wake: (() => void) | undefined;
  private end: Closed | undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      const atMs = performance.now();
      this.waiting.push(isBinary ? { bytes: data, atMs } : { frame: JSON.parse(data.toString()) as Frame, atMs });
      if (this.waiting.length >= MAX_WAITING) socket.pause();
      this.wake?.();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.end = { code, reason: reason.toString() };
        this.wake?.();
        resolve(this.end);
      });
    });
    socket.on('error', () => {});
  }

  /** `url` is the server's, over HTTP. Rejects when the upgrade is refused. */
  static async connect(url: string, path: string, options: ClientOptions = {}): Promise<SocketClient> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, options);
    const client = new SocketClient(socket);
    await once(socket, 'open');
    return client;
  }

  send(frame: object): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** The next frame; undefined when the socket has closed. */
  async next(): Promise<Received | undefined> {
    for (;;) {
      const received = this.waiting.shift();
      if (received) return received;
      this.socket.resume();
      if (this.end) return undefined;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** Passes over frames until one of this type, which must come. */
  async until(type: string): Promise<Frame & { readonly atMs: number }> {
    for (;;) {
      const received = await this.next();
      if (!received) throw new Error(`The socket closed before "${type}": ${JSON.stringify(this.end)}`);
      if (received.frame?.type === type) return { ...received.frame, atMs: received.atMs };
    }
  }

  /** Everything until the socket closes. */
  async rest(): Promise<Received[]> {
    const all: Received[] = [];
    for (let received = await this.next(); received; received = await this.next()) all.push(received);
    return all;
  }

  leave(): void {
    this.socket.terminate();
  }
}
