import { ERROR_TABLE, type SpeechError } from '../../core/speech-error.js';

/** Close code and reason of a socket that ends with an error; a reason may hold 123 bytes (RFC 6455). */
export function closeOf(error: SpeechError): { code: number; reason: string } {
  return { code: ERROR_TABLE[error.code].wsClose, reason: Buffer.from(error.message).subarray(0, 120).toString() };
}
