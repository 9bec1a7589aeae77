import { io, type Socket } from 'socket.io-client';
import { BoundedQueue } from '../../../src/core/bounded-queue.js';
import { Broken, Refused, type Door, type Hearing, type ToldPart, type WireError } from './door.js';
import { asPcm } from './rest-doors.js';

const PARTS = ['start', 'timing', 'segment', 'seam', 'warning', 'complete', 'error'] as const;

/** socket.io, by the official client, over WebSocket; one socket a client, however many speeches. */
export const socketioDoor: Door = {
  name: 'socket.io',
  transport: 'socketio',
  unknownFields: 'refused',
  tells: 'everything',
  wireBytes: 1,
  connect: async (url) => {
    const socket = await connectSocket(url);
    return {
      speak: (request) => SocketHearing.open(socket, asPcm(request)),
      close: () => Promise.resolve(void socket.disconnect()),
    };
  },
};

export async function connectSocket(url: string): Promise<Socket> {
  const socket = io(`${url}/tts`, { transports: ['websocket'], forceNew: true, reconnection: false });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return socket;
}

/** One event sent, its acknowledgement back. */
export async function ask(socket: Socket, event: string, ...payload: unknown[]): Promise<Record<string, unknown>> {
  return (await socket.timeout(5000).emitWithAck(event, ...payload)) as Record<string, unknown>;
}

/** The payload of the next event of this name. */
export function nextEvent(socket: Socket, name: string): Promise<Record<string, unknown>> {
  return new Promise((resolve) => socket.once(name, resolve));
}

type SocketItem = { readonly part: ToldPart; readonly data?: Buffer };

class SocketHearing implements Hearing {
  readonly told: ToldPart[] = [];
  sessionId = '';
  private readonly items = new BoundedQueue<SocketItem>({ maxBytes: Infinity });
  private readonly listeners: [string, (part: ToldPart, data?: Buffer) => void][] = [];

  private constructor(private readonly socket: Socket) {}

  static async open(socket: Socket, request: object): Promise<SocketHearing> {
    const hearing = new SocketHearing(socket);
    // Parts may arrive before the acknowledgement is read, so they are listened for first and sorted by session after.
    const early: [string, ToldPart, Buffer | undefined][] = [];
    for (const type of ['audio', ...PARTS]) {
      hearing.on(type, (part, data) => {
        if (hearing.sessionId === '') early.push([type, part, data]);
        else hearing.take(type, part, data);
      });
    }
    const answer = (await ask(socket, 'speak', request)) as { session_id?: string; error?: WireError };
    if (answer.error) {
      hearing.forget();
      throw new Refused(answer.error);
    }
    hearing.sessionId = String(answer.session_id);
    for (const [type, part, data] of early) hearing.take(type, part, data);
    socket.once('disconnect', () => hearing.items.fail(new Broken()));
    return hearing;
  }

  private on(type: string, listener: (part: ToldPart, data?: Buffer) => void): void {
    this.socket.on(type, listener);
    this.listeners.push([type, listener]);
  }

  private forget(): void {
    for (const [type, listener] of this.listeners) this.socket.off(type, listener);
  }

  private take(type: string, fields: ToldPart, data: Buffer | undefined): void {
    if (fields['session_id'] !== this.sessionId) return;
    const part = { ...fields, type };
    this.items.push(data ? { part, data } : { part }, 0);
    if (type !== 'complete' && type !== 'error') return;
    this.items.end();
    this.forget();
  }

  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const { done, value } = await this.items.next();
      if (done) throw new Error('The speech was listened to beyond its end.');
      const { part, data } = value;
      this.told.push(part);
      if (part.type === 'audio') {
        this.socket.emit('credit', { session_id: this.sessionId, seq: part['seq'] });
        return data ?? Buffer.alloc(0);
      }
      if (part.type === 'complete') return undefined;
      if (part.type === 'error') throw new Broken(part['error'] as WireError);
    }
  }

  warnings(): readonly string[] {
    return this.told.flatMap(({ type, warnings }) => (type === 'start' ? (warnings as string[]) : []));
  }

  async cancel(): Promise<void> {
    await ask(this.socket, 'cancel', { session_id: this.sessionId });
  }

  leave(): void {
    this.socket.disconnect();
  }
}
