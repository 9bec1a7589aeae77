import { SocketClient, type Frame, type Received } from '../../support/socket-client.js';
import { Broken, Refused, type Door, type DoorClient, type Hearing, type ToldPart, type WireError } from './door.js';
import { asPcm, createSession } from './rest-doors.js';

/** A session over `/v1/tts/stream/{id}`, audio as base64 in JSON. */
export const streamDoor = streamDoorOf('base64');
/** The same with binary audio frames. */
export const binaryStreamDoor = streamDoorOf('binary');

/** Text over `/ws/synthesize`, as a client that knows all of it sends it. */
export const wsSynthesizeDoor: Door = {
  name: 'WebSocket /ws/synthesize',
  transport: 'websocket',
  unknownFields: 'refused',
  tells: 'everything',
  wireBytes: 4 / 3,
  connect: (url) =>
    clientOf(async ({ text, ...config }, opened) => {
      const socket = opened(await SocketClient.connect(url, '/ws/synthesize'));
      socket.send({ target_format: 'pcm16', ...config });
      await startOf(socket, 'ready');
      socket.send({ text });
      socket.send({ type: 'end_of_stream' });
      const start = await startOf(socket, 'start');
      return new FramesHearing(socket, String(start['session_id']), [start]);
    }),
};

function streamDoorOf(encoding: 'base64' | 'binary'): Door {
  return {
    name: `WebSocket stream, ${encoding}`,
    transport: 'websocket',
    unknownFields: 'refused',
    tells: 'everything',
    wireBytes: encoding === 'binary' ? 1 : 4 / 3,
    connect: (url) =>
      clientOf(async (request, opened) => {
        const id = await createSession(url, asPcm(request));
        return new FramesHearing(opened(await openStream(url, id, { encoding })), id);
      }),
  };
}

/** `query`: `encoding` and `after_seq`. */
export function openStream(
  url: string,
  id: string,
  query: Readonly<Record<string, string | number>> = {},
): Promise<SocketClient> {
  const asked = Object.entries(query).map(([name, value]) => `${name}=${value}`);
  return SocketClient.connect(url, `/v1/tts/stream/${id}?${asked.join('&')}`);
}

type Speak = (
  request: Parameters<DoorClient['speak']>[0],
  opened: (socket: SocketClient) => SocketClient,
) => Promise<Hearing>;

/** One socket a speech. */
function clientOf(speak: Speak): Promise<DoorClient> {
  const sockets: SocketClient[] = [];
  const opened = (socket: SocketClient): SocketClient => {
    sockets.push(socket);
    return socket;
  };
  return Promise.resolve({
    speak: (request) => speak(request, opened),
    close: () => Promise.resolve(sockets.forEach((socket) => socket.leave())),
  });
}

async function startOf(socket: SocketClient, type: string): Promise<Frame> {
  const received = await socket.next();
  const frame = received?.frame;
  if (frame?.type === 'error') throw new Refused(frame['error'] as WireError);
  if (frame?.type !== type) throw new Error(`"${frame?.type}" came in place of "${type}"`);
  return frame;
}

class FramesHearing implements Hearing {
  constructor(
    private readonly socket: SocketClient,
    readonly sessionId: string,
    readonly told: ToldPart[] = [],
  ) {}

  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const received = await this.socket.next();
      if (!received) throw new Broken();
      const { part, data } = read(received);
      if (part.type === 'keepalive') continue;
      this.told.push(part);
      if (data) return data;
      if (part.type === 'complete') return this.requireClose();
      if (part.type === 'cancelled') throw new Broken({ code: 'cancelled' } as WireError);
      if (part.type === 'error') throw new Broken(part['error'] as WireError);
    }
  }

  private async requireClose(): Promise<undefined> {
    const more = await this.socket.rest();
    const { code } = await this.socket.closed;
    if (more.length > 0 || code !== 1000) throw new Error(`${more.length} frames after the last, closed with ${code}`);
  }

  warnings(): readonly string[] {
    return this.told.flatMap(({ type, warnings }) => (type === 'start' ? (warnings as string[]) : []));
  }

  cancel(): Promise<void> {
    return Promise.resolve(this.socket.send({ type: 'cancel' }));
  }

  leave(): void {
    this.socket.leave();
  }
}

/** A frame as a part, and the bytes of audio. */
export function read({ frame, bytes }: Received): { part: ToldPart; data?: Buffer } {
  if (bytes) return { part: { type: 'audio', seq: bytes.readUInt32BE(0) }, data: bytes.subarray(4) };
  if (!frame) throw new Error('A frame is JSON or binary.');
  const { data, ...part } = frame;
  return typeof data === 'string' ? { part, data: Buffer.from(data, 'base64') } : { part };
}
