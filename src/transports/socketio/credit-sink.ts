import type { Socket } from 'socket.io';
import type { SpeechError } from '../../core/speech-error.js';
import type { SpeechPart } from '../../core/speech-part.js';
import type { SpeechSink } from '../pump.js';
import { wireErrorPart, wirePart } from '../wire/wire-part.js';

/**
 * One speech over a socket that carries several. socket.io has no backpressure of its own, so the client acknowledges
 * what it took (`credit`), and at most `window` audio parts are unacknowledged.
 */
export class CreditSink implements SpeechSink {
  private takenSeq = -1;
  private resume: (() => void) | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly sessionId: string,
    private readonly requestId: string,
    private readonly window: number,
  ) {}

  /** The client took audio up to `seq`. */
  credit(seq: number): void {
    if (seq <= this.takenSeq) return;
    this.takenSeq = seq;
    this.resume?.();
  }

  /** No more credit is waited for: the speech has been cancelled, and its end must be told. */
  release(): void {
    this.credit(Infinity);
  }

  write(part: SpeechPart): Promise<void> | undefined {
    const about = { session_id: this.sessionId, ...wirePart(part) };
    if (part.type !== 'audio') {
      this.socket.emit(part.type, about);
      return undefined;
    }
    this.socket.emit('audio', about, part.data);
    return part.seq - this.takenSeq >= this.window ? this.credited(part.seq - this.window) : undefined;
  }

  private credited(beyondSeq: number): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        if (this.socket.connected && this.takenSeq <= beyondSeq) return;
        this.resume = undefined;
        this.socket.off('disconnect', settle);
        resolve();
      };
      this.resume = settle;
      this.socket.on('disconnect', settle);
    });
  }

  fail(error: SpeechError): void {
    this.socket.emit('error', { session_id: this.sessionId, ...wireErrorPart(error, this.requestId) });
  }
}
