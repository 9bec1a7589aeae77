import {
  Broken,
  Refused,
  type Door,
  type SpokenRequest,
  type ToldPart,
  type WireError,
} from '../../conformance/doors/door.js';
import { createSession, asPcm } from '../../conformance/doors/rest-doors.js';
import { openStream, read } from '../../conformance/doors/websocket-doors.js';

/** Everything one client was given, to the end whichever it was. */
export interface Heard {
  readonly audio: Buffer;
  /** Where the door tells parts. */
  readonly told: readonly ToldPart[];
  /** The answer ended as a whole one does on this door. */
  readonly complete: boolean;
  readonly error?: Partial<WireError> | undefined;
  /** HTTP status of an answer that was an error from its start. */
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
  /** Of a socket that the server closed. */
  readonly closeCode?: number | undefined;
  readonly sessionId?: string | undefined;
}

export interface Listener {
  readonly name: string;
  /** What this door can tell beside the audio. */
  readonly tells: Door['tells'];
  hear(url: string, request: SpokenRequest): Promise<Heard>;
}

/** Listens over one of the doors of the conformance suite, with a connection of its own. */
export function listenerOf(door: Door): Listener {
  return { name: door.name, tells: door.tells, hear: (url, request) => hearOver(door, url, request) };
}

async function hearOver(door: Door, url: string, request: SpokenRequest): Promise<Heard> {
  const client = await door.connect(url);
  const chunks: Buffer[] = [];
  let told: readonly ToldPart[] = [];
  let sessionId: string | undefined;
  const heard = (more: Omit<Heard, 'audio' | 'told' | 'sessionId'>): Heard => {
    return { audio: Buffer.concat(chunks), told, sessionId, ...more };
  };
  try {
    const hearing = await client.speak(request);
    ({ told, sessionId } = hearing);
    for (let chunk = await hearing.next(); chunk; chunk = await hearing.next()) chunks.push(chunk);
    return heard({ complete: true });
  } catch (failure) {
    // A reset may overtake the head that was sent just before it: to the client the answer broke off.
    if (isReset(failure)) return heard({ complete: false });
    if (failure instanceof Broken) return heard({ complete: false, error: failure.error });
    if (!(failure instanceof Refused)) throw failure;
    const { error, status, headers } = failure;
    return heard({ complete: false, error, status, headers });
  } finally {
    await client.close();
  }
}

function isReset(failure: unknown): boolean {
  return failure instanceof Error && 'code' in failure && failure.code === 'ECONNRESET';
}

/** A session over `/v1/tts/stream/{id}` with binary audio, and the code its socket was closed with. */
export const streamListener: Listener = {
  name: 'WebSocket stream',
  tells: 'everything',
  async hear(url, request) {
    const sessionId = await createSession(url, asPcm(request));
    const socket = await openStream(url, sessionId, { encoding: 'binary' });
    const told: ToldPart[] = [];
    const chunks: Buffer[] = [];
    for (const received of await socket.rest()) {
      const { part, data } = read(received);
      if (data) chunks.push(data);
      if (part.type !== 'keepalive') told.push(part);
    }
    const { code } = await socket.closed;
    const last = told.at(-1);
    const error = last?.type === 'error' ? (last['error'] as WireError) : undefined;
    return {
      audio: Buffer.concat(chunks),
      told,
      complete: last?.type === 'complete',
      error,
      closeCode: code,
      sessionId,
    };
  },
};
