import type { WebSocket } from 'ws';

const KEEPALIVE_MS = 5000;
/** Bytes that may wait in the socket before the speech waits too. */
const MAX_BUFFERED_BYTES = 64 * 1024;
/** How long the last frame of a failed speech may take to leave. */
const LAST_FRAME_MS = 1000;

/** Writes frames to one socket at the pace of its reader; a `keepalive` frame after 5 s without another. */
export class FrameWriter {
  private readonly keepalive: NodeJS.Timeout;
  private readonly closed: Promise<void>;

  constructor(private readonly socket: WebSocket) {
    this.keepalive = setInterval(() => void this.json({ type: 'keepalive' }), KEEPALIVE_MS);
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    void this.closed.then(() => clearInterval(this.keepalive));
  }

  json(frame: object): Promise<void> | undefined {
    return this.send(JSON.stringify(frame));
  }

  /** A promise when the socket holds more than it should: it resolves when this frame has left, or the socket closed. */
  send(frame: string | Buffer): Promise<void> | undefined {
    const { socket } = this;
    this.keepalive.refresh();
    if (socket.readyState !== socket.OPEN) return undefined;
    if (socket.bufferedAmount < MAX_BUFFERED_BYTES) {
      socket.send(frame);
      return undefined;
    }
    return new Promise((resolve) => socket.send(frame, () => resolve()));
  }

  /** Resolves when the reader has taken the rest and closed its side too. */
  close(code: number, reason = ''): Promise<void> {
    clearInterval(this.keepalive);
    this.socket.close(code, reason);
    return this.closed;
  }

  /** Closes for a failure, and waits for the reader only a moment: one who has stalled will not take it. */
  fail(code: number, reason: string): void {
    void this.close(code, reason);
    const cut = setTimeout(() => this.socket.terminate(), LAST_FRAME_MS);
    void this.closed.then(() => clearTimeout(cut));
  }
}
