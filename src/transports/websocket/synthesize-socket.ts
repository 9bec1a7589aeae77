import type { WebSocket } from 'ws';
import { toSpeechError } from '../../core/speech-error.js';
import { parseWire } from '../wire/parse-wire.js';
import { closeOf } from './close-code.js';
import { FrameWriter } from './frame-writer.js';
import { readFrame } from './read-frame.js';
import type { SocketParts } from './socket-parts.js';
import { SpokenText } from './spoken-text.js';
import { synthesizeConfigSchema, synthesizeFrameSchema, type SynthesizeFrame } from './synthesize-schema.js';

/** Text in, cut anywhere; each sentence is spoken as soon as it is complete. */
export async function synthesizeOverSocket(socket: WebSocket, parts: SocketParts): Promise<void> {
  const frames = new FrameWriter(socket);
  let spoken: SpokenText | undefined;
  const fail = (thrown: unknown): void => {
    const error = toSpeechError(thrown);
    if (error.code === 'internal') parts.log.error({ request_id: parts.requestId, err: error }, 'socket failed');
    spoken?.close();
    SpokenText.fail(frames, error, parts.requestId);
    const { code, reason } = closeOf(error);
    frames.fail(code, reason);
  };
  socket.once('close', () => spoken?.close());
  socket.on('message', (data, isBinary) => {
    if (socket.readyState !== socket.OPEN) return;
    try {
      const frame = readFrame(data, isBinary);
      if (spoken) obey(spoken, parseWire(synthesizeFrameSchema, frame));
      else spoken = SpokenText.open(frames, parseWire(synthesizeConfigSchema, frame), parts, fail);
    } catch (error) {
      fail(error);
    }
  });
}

function obey(spoken: SpokenText, frame: SynthesizeFrame): void {
  if ('text' in frame) spoken.push(frame.text);
  else if (frame.type === 'flush') spoken.flush();
  else if (frame.type === 'cancel') spoken.cancel();
  else if (frame.type === 'end_of_stream') spoken.end();
}
