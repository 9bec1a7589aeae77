import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import { SpeechError, toSpeechError } from '../../core/speech-error.js';
import type { SpeechSessions } from '../../gateway/speech-sessions.js';
import { pump } from '../pump.js';
import { parseWire } from '../wire/parse-wire.js';
import { FrameWriter } from './frame-writer.js';
import { readFrame } from './read-frame.js';
import type { SocketParts } from './socket-parts.js';
import { StreamSink } from './stream-sink.js';

/** `?encoding` and `?after_seq` of `GET /v1/tts/stream/{session_id}`. */
export const streamQuerySchema = z.strictObject({
  encoding: z.enum(['base64', 'binary']).default('base64'),
  after_seq: z.coerce.number().int().min(-1).default(-1),
});

const clientFrameSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('cancel') }),
  z.strictObject({ type: z.literal('ack'), seq: z.int().min(0) }),
]);

/** Streams one session over one socket. Leaving suspends it; coming back with `after_seq` resumes it. */
export async function streamSession(
  socket: WebSocket,
  url: URL,
  sessionId: string,
  { sessions, pace, log, requestId }: SocketParts,
): Promise<void> {
  const binary = url.searchParams.get('encoding') === 'binary';
  const sink = new StreamSink(new FrameWriter(socket), { binary, requestId });
  const gone = new AbortController();
  const leave = (reason: SpeechError): void => {
    gone.abort(reason);
    sink.release();
  };
  socket.once('close', () => leave(new SpeechError('cancelled', 'The client closed its socket.')));
  socket.on('message', (data, isBinary) => {
    obey(sink, sessions, sessionId, data, isBinary).catch((error: unknown) => leave(toSpeechError(error)));
  });
  const call = { requestId, transport: 'websocket', receivedAtMs: performance.now(), log } as const;
  try {
    const { after_seq } = parseWire(streamQuerySchema, Object.fromEntries(url.searchParams));
    await pump(await sessions.open(sessionId, { ...call, signal: gone.signal }, after_seq), sink, pace);
  } catch (error) {
    sink.fail(toSpeechError(error));
  }
}

async function obey(
  sink: StreamSink,
  sessions: SpeechSessions,
  sessionId: string,
  data: RawData,
  isBinary: boolean,
): Promise<void> {
  const frame = parseWire(clientFrameSchema, readFrame(data, isBinary));
  if (frame.type === 'ack') return sink.ack(frame.seq);
  await sessions.cancel(sessionId);
  sink.release();
}
