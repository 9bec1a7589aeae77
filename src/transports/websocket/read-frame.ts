import type { RawData } from 'ws';
import { SpeechError } from '../../core/speech-error.js';

/** One JSON text frame. Throws `invalid_request` for anything else. */
export function readFrame(data: RawData, isBinary: boolean): unknown {
  if (isBinary) throw new SpeechError('invalid_request', 'Send frames as JSON text, not binary.');
  const text = Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(data as Buffer).toString();
  try {
    return JSON.parse(text);
  } catch {
    throw new SpeechError('invalid_request', 'The frame is not valid JSON.');
  }
}
