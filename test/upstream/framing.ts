import type { SseManner } from './behaviour.js';

/** How pieces of audio become bytes on the wire. Each returned buffer is one write of its own. */
export interface Framing {
  readonly headers: readonly (readonly [string, string])[];
  audio(audio: Buffer): readonly Buffer[];
  /** What ends the body. */
  end(): readonly Buffer[];
  /** An error in the middle, where the format has one. */
  error?(): readonly Buffer[];
}

const CRLF = '\r\n';
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

export function chunk(data: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${data.length.toString(16)}${CRLF}`, 'latin1'), data, Buffer.from(CRLF)]);
}

export const chunkedFraming: Framing = {
  headers: [['transfer-encoding', 'chunked']],
  audio: (audio) => [chunk(audio)],
  end: () => [LAST_CHUNK],
};

export function lengthFraming(bytes: number): Framing {
  return { headers: [['content-length', `${bytes}`]], audio: (audio) => [audio], end: () => [] };
}

/** No length and no chunks: only the closing tells the end, as HTTP/1.0 had it. */
export const closeFraming: Framing = {
  headers: [['connection', 'close']],
  audio: (audio) => [audio],
  end: () => [],
};

/** Events in chunks. */
export function sseFraming(manner: SseManner, text: string): Framing {
  const { splitBytes, field = 'audio', done = true, sentinel = false, usage = 'usage' } = manner;
  const write = (event: string): readonly Buffer[] => pieces(Buffer.from(event), splitBytes).map(chunk);
  const counts = { input_tokens: text.length, output_tokens: 60, total_tokens: text.length + 60 };
  return {
    headers: chunkedFraming.headers,
    audio: (audio) => write(sseEvent({ type: 'speech.audio.delta', [field]: audio.toString('base64') }, manner)),
    end: () => [
      ...(done
        ? write(sseEvent({ type: 'speech.audio.done', ...(usage !== 'none' && { [usage]: counts }) }, manner))
        : []),
      ...(sentinel ? write(`data: [DONE]\n\n`) : []),
      LAST_CHUNK,
    ],
    error: () => write(sseEvent({ type: 'speech.audio.error', error: { message: 'out of memory' } }, manner)),
  };
}

function sseEvent(
  data: { readonly type: string; readonly [field: string]: unknown },
  { crlf = false, eventLines = false }: SseManner,
): string {
  const newline = crlf ? CRLF : '\n';
  const event = eventLines ? `event: ${data.type}${newline}` : '';
  return `${event}data: ${JSON.stringify(data)}${newline}${newline}`;
}

function pieces(bytes: Buffer, size = bytes.length): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}
