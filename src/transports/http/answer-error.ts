import type { FastifyReply } from 'fastify';
import type { SpeechError } from '../../core/speech-error.js';
import { errorBody, errorHead } from '../wire/error-body.js';

/** Answers with the one error body; only before anything else was answered. */
export function answerError(reply: FastifyReply, error: SpeechError, requestId: string): void {
  const { status, headers } = errorHead(error);
  const body = JSON.stringify(errorBody(error, requestId));
  const { raw } = reply;
  if (raw.destroyed) return;
  raw.writeHead(status, {
    ...answeredHeaders(reply),
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  raw.end(body);
}

/** What hooks have set on the reply (request id, CORS): writing to the raw response would leave it out. */
export function answeredHeaders(reply: FastifyReply): Record<string, number | string | string[]> {
  const headers: Record<string, number | string | string[]> = {};
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) headers[name] = value;
  return headers;
}
