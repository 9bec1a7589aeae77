import type { WebSocket } from 'ws';
import { z } from 'zod';
import { SpeechError, toSpeechError } from '../../core/speech-error.js';
import type { SessionCall, SpeechSessions } from '../../gateway/speech-sessions.js';
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
  const frames = new FrameWriter(socket);
  const gone = new AbortController();
  const call: SessionCall = { requestId, transport: 'websocket', receivedAtMs: performance.now(), log };
  const query = Object.fromEntries(url.searchParams);
  let sink = new StreamSink(frames, { binary: false, requestId });
  try {
    const { encoding, after_seq } = parseWire(streamQuerySchema, query);
    sink = new StreamSink(frames, { binary: encoding === 'binary', requestId });
    socket.once('close', () => {
      sink.closed();
      gone.abort(new SpeechError('cancelled', 'The client closed its socket.'));
    });
    socket.on('message', (data, isBinary) => {
      try {
        obey(sink, sessions, sessionId, parseWire(clientFrameSchema, readFrame(data, isBinary)));
      } catch (error) {
        sink.fail(toSpeechError(error));
      }
    });
    await pump(await sessions.open(sessionId, { ...call, signal: gone.signal }, after_seq), sink, pace);
  } catch (error) {
    sink.fail(toSpeechError(error));
  }
}

function obey(
  sink: StreamSink,
  sessions: SpeechSessions,
  sessionId: string,
  frame: z.infer<typeof clientFrameSchema>,
): void {
  if (frame.type === 'ack') sink.ack(frame.seq);
  else sessions.cancel(sessionId).catch((error: unknown) => sink.fail(toSpeechError(error)));
}
