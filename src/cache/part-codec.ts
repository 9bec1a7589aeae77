import { SpeechError } from '../core/speech-error.js';
import type { SpeechPart } from '../core/speech-part.js';

/*
 * A clip is its parts one after the other: 4 bytes length of the rest (big-endian), 1 byte kind, then for audio
 * 4 bytes `seq`, 4 bytes `segment` and the bytes; for every other part its JSON.
 */
const HEAD_BYTES = 5;
const AUDIO_BYTES = 8;
const KIND_JSON = 0;
const KIND_AUDIO = 1;

export function encodePart(part: SpeechPart): Buffer {
  if (part.type !== 'audio') {
    const json = Buffer.from(JSON.stringify(part));
    const encoded = Buffer.allocUnsafe(HEAD_BYTES + json.length);
    encoded.writeUInt32BE(1 + json.length, 0);
    encoded.writeUInt8(KIND_JSON, 4);
    json.copy(encoded, HEAD_BYTES);
    return encoded;
  }
  const { data, seq, segment } = part;
  const encoded = Buffer.allocUnsafe(HEAD_BYTES + AUDIO_BYTES + data.length);
  encoded.writeUInt32BE(1 + AUDIO_BYTES + data.length, 0);
  encoded.writeUInt8(KIND_AUDIO, 4);
  encoded.writeUInt32BE(seq, 5);
  encoded.writeUInt32BE(segment, 9);
  data.copy(encoded, HEAD_BYTES + AUDIO_BYTES);
  return encoded;
}

/** Bytes in any cut to parts. Audio is a view of what was pushed wherever a part lies in one piece. */
export class PartDecoder {
  private held: Buffer = Buffer.alloc(0);

  /** The parts that are whole now. Throws `internal` for bytes that are no clip. */
  push(bytes: Buffer): SpeechPart[] {
    this.held = this.held.length === 0 ? bytes : Buffer.concat([this.held, bytes]);
    const parts: SpeechPart[] = [];
    let at = 0;
    while (this.held.length - at >= HEAD_BYTES) {
      const length = this.held.readUInt32BE(at);
      if (this.held.length - at < 4 + length) break;
      parts.push(decode(this.held.subarray(at + 4, at + 4 + length)));
      at += 4 + length;
    }
    this.held = this.held.subarray(at);
    return parts;
  }
}

function decode(body: Buffer): SpeechPart {
  if (body[0] === KIND_AUDIO && body.length >= 1 + AUDIO_BYTES) {
    return {
      type: 'audio',
      seq: body.readUInt32BE(1),
      segment: body.readUInt32BE(5),
      data: body.subarray(1 + AUDIO_BYTES),
    };
  }
  if (body[0] === KIND_JSON) {
    try {
      return JSON.parse(body.toString('utf8', 1)) as SpeechPart;
    } catch (cause) {
      throw broken(cause);
    }
  }
  throw broken(undefined);
}

function broken(cause: unknown): SpeechError {
  return new SpeechError('internal', 'A stored clip cannot be read.', { cause });
}
