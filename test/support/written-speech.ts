import type { Socket } from 'socket.io-client';
import { ask } from '../conformance/doors/socketio-door.js';
import { read } from '../conformance/doors/websocket-doors.js';
import { SocketClient } from './socket-client.js';

/** What a client heard of text that it wrote while it was spoken. */
export interface HeardText {
  readonly audio: Buffer;
  /** Start and end of each segment in the text. */
  readonly segments: readonly (readonly [number, number])[];
}

/** A way to speak text piece by piece. */
export type WriteText = (pieces: readonly string[], config?: object) => Promise<HeardText>;

/** Over `/ws/synthesize`, a socket for each speech. */
export function overSynthesize(url: string): WriteText {
  return async (pieces, config = {}) => {
    const socket = await SocketClient.connect(url, '/ws/synthesize');
    socket.send({ target_format: 'pcm16', ...config });
    for (const text of pieces) {
      socket.send({ text });
      await nextTurn();
    }
    socket.send({ type: 'end_of_stream' });
    const parts = (await socket.rest()).map(read);
    const { code, reason } = await socket.closed;
    if (code !== 1000) throw new Error(`closed with ${code} ${reason}`);
    return heardIn(parts.map(({ part, data }) => ({ ...part, data })));
  };
}

/** Over socket.io, many speeches on the one socket. */
export function overSocketio(socket: Socket): WriteText {
  return async (pieces, config = {}) => {
    const { session_id: id } = await ask(socket, 'open', { target_format: 'pcm16', window: 256, ...config });
    const parts: HeardPart[] = [];
    const ended = new Promise<void>((resolve, reject) => {
      const take = (type: string, part: { session_id: string; seq?: number }, data?: Buffer): void => {
        if (part.session_id !== id) return;
        parts.push({ ...part, type, data });
        if (type === 'audio') socket.emit('credit', { session_id: id, seq: part.seq });
        if (type === 'complete') resolve();
        if (type === 'error') reject(new Error(JSON.stringify(part)));
        if (type === 'complete' || type === 'error') socket.offAny(take);
      };
      socket.onAny(take);
    });
    for (const text of pieces) {
      socket.emit('text', { session_id: id, text });
      await nextTurn();
    }
    socket.emit('end', { session_id: id });
    await ended;
    return heardIn(parts);
  };
}

interface HeardPart {
  readonly type: string;
  readonly data?: Buffer | undefined;
  readonly [field: string]: unknown;
}

function heardIn(parts: readonly HeardPart[]): HeardText {
  return {
    audio: Buffer.concat(parts.flatMap(({ type, data }) => (type === 'audio' && data ? [data] : []))),
    segments: parts
      .filter(({ type }) => type === 'segment')
      .map((part) => [Number(part['text_start']), Number(part['text_end'])]),
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
