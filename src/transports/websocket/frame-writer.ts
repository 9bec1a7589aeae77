import type { WebSocket } from 'ws';

const KEEPALIVE_MS = 5000;
/** Bytes that may wait in the socket before the speech waits too. */
const MAX_BUFFERED_BYTES = 64 * 1024;

/** Writes frames to one socket at the pace of its reader; a `keepalive` frame after 5 s without another. */
export class FrameWriter {
  private readonly keepalive: NodeJS.Timeout;

  constructor(private readonly socket: WebSocket) {
    this.keepalive = setInterval(() => void this.json({ type: 'keepalive' }), KEEPALIVE_MS);
    socket.once('close', () => clearInterval(this.keepalive));
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

  close(code: number, reason = ''): void {
    clearInterval(this.keepalive);
    this.socket.close(code, reason);
  }
}
