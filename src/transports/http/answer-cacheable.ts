import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Answers a whole body with its ETag; `304` without it when the client has that already. */
export function answerCacheable(request: FastifyRequest, reply: FastifyReply, contentType: string, body: Buffer): void {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  reply.header('etag', etag).header('cache-control', 'no-cache');
  if (hasMatch(request.headers['if-none-match'], etag)) void reply.code(304).send();
  else void reply.type(contentType).send(body);
}

/** https://www.rfc-editor.org/rfc/rfc9110#field.if-none-match */
export function hasMatch(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
