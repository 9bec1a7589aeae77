import { BoundedQueue } from '../../../src/core/bounded-queue.js';
import { Broken, Refused, type WireError } from './door.js';
import { EventReader } from './event-reader.js';
import { HttpAnswer } from './http-answer.js';
import { ask, connectSocket } from './socketio-door.js';
import { openStream, read } from './websocket-doors.js';

export interface Chunk {
  readonly seq: number;
  readonly data: Buffer;
}

/** One reader of a session. */
export interface Follower {
  /** The next audio part; undefined after `complete`. Rejects with `Broken`. */
  next(): Promise<Chunk | undefined>;
  /** Cuts its connection. */
  leave(): void;
}

/** A way to read a session that can be broken off and taken up again. Rejects with `Refused` or `Broken`. */
export interface ResumableDoor {
  readonly name: string;
  follow(url: string, id: string, afterSeq?: number): Promise<Follower>;
  /** How a refusal is told beside its code: the close code or the status. */
  readonly refusals: Readonly<Record<'not_found' | 'conflict' | 'invalid_request', number | undefined>>;
}

const CLOSE_CODES = { not_found: 4404, conflict: 4409, invalid_request: 1008 };
const STATUSES = { not_found: 404, conflict: 409, invalid_request: 400 };
const NO_CODES = { not_found: undefined, conflict: undefined, invalid_request: undefined };

export const RESUMABLE_DOORS: readonly ResumableDoor[] = [
  { name: 'stream, base64', refusals: CLOSE_CODES, follow: (url, id, after) => overStream(url, id, 'base64', after) },
  { name: 'stream, binary', refusals: CLOSE_CODES, follow: (url, id, after) => overStream(url, id, 'binary', after) },
  { name: 'events', refusals: STATUSES, follow: overEvents },
  { name: 'socket.io', refusals: NO_CODES, follow: overSocketio },
];

async function overStream(url: string, id: string, encoding: string, after = -1): Promise<Follower> {
  const socket = await openStream(url, id, { encoding, after_seq: after });
  return {
    next: async () => {
      for (;;) {
        const received = await socket.next();
        if (!received) throw new Broken();
        const { part, data } = read(received);
        if (data) return { seq: Number(part['seq']), data };
        if (part.type === 'complete') return undefined;
        if (part.type === 'error') throw new Refused(part['error'] as WireError, (await socket.closed).code);
      }
    },
    leave: () => socket.leave(),
  };
}

async function overEvents(url: string, id: string, after = -1): Promise<Follower> {
  const headers: Record<string, string> = after < 0 ? {} : { 'last-event-id': String(after) };
  const answer = await (await HttpAnswer.of(`${url}/v1/tts/sessions/${id}/events`, { headers })).orRefused();
  const events = new EventReader(answer);
  return {
    next: async () => {
      for (;;) {
        const event = await events.next();
        if (!event) throw new Broken();
        const { data, error } = JSON.parse(event.data) as { data?: string; error?: WireError };
        if (event.event === 'audio') return { seq: Number(event.id), data: Buffer.from(data ?? '', 'base64') };
        if (event.event === 'complete') return undefined;
        if (error) throw new Broken(error);
      }
    },
    leave: () => answer.leave(),
  };
}

async function overSocketio(url: string, id: string, after = -1): Promise<Follower> {
  const socket = await connectSocket(url);
  const chunks = new BoundedQueue<Chunk>({ maxBytes: Infinity });
  socket.on('audio', ({ seq }: { seq: number }, data: Buffer) => chunks.push({ seq, data }, 0));
  socket.on('complete', () => chunks.end());
  socket.on('error', ({ error }: { error: WireError }) => chunks.fail(new Broken(error)));
  socket.on('disconnect', () => chunks.fail(new Broken()));
  const { error } = (await ask(socket, 'resume', { session_id: id, after_seq: after })) as { error?: WireError };
  if (error) {
    socket.disconnect();
    throw new Refused(error);
  }
  return {
    next: async () => {
      const { done, value } = await chunks.next();
      if (!done) socket.emit('credit', { session_id: id, seq: value.seq });
      else socket.disconnect();
      return done ? undefined : value;
    },
    leave: () => socket.disconnect(),
  };
}
