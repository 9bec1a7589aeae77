import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../../core/call-context.js';
import { isSpeechError, SpeechError, toSpeechError, type ErrorCode } from '../../core/speech-error.js';
import { answerError } from './answer-error.js';

/** Everything that is thrown before an answer began, as the one error body. */
@Catch()
export class SpeechErrorFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerThrown(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), this.log);
  }
}

/** For what Fastify refuses before there is a route, and so neither Nest's filters nor hooks: a path it cannot decode. */
export function answerThrown(thrown: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): void {
  const error = fromHttp(thrown, request);
  if (error.code === 'internal') log.error({ request_id: request.id, err: error }, 'request failed');
  reply.header('x-request-id', request.id);
  if (!reply.sent) reply.hijack();
  if (reply.raw.headersSent) reply.raw.destroy();
  else answerError(reply, error, request.id);
}

/** Errors of Nest and Fastify carry a status; their messages name the cause in words fit for a client. */
function fromHttp(thrown: unknown, request: FastifyRequest): SpeechError {
  if (isSpeechError(thrown)) return thrown;
  const status = statusOf(thrown);
  if (status === 404) return new SpeechError('not_found', `There is no ${request.method} ${pathOf(request)}.`);
  if (status === 413) return new SpeechError('too_large', 'The body is larger than limits.max_body_bytes allows.');
  if (status === 415) return new SpeechError('invalid_request', 'Send the body as Content-Type: application/json.');
  if (status !== undefined && status < 500) {
    return new SpeechError(codeOf(status), `The request could not be read: ${messageOf(thrown)}.`, { cause: thrown });
  }
  return toSpeechError(thrown);
}

function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  const status = (thrown as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}

function codeOf(status: number): ErrorCode {
  return status === 401 ? 'unauthenticated' : status === 403 ? 'forbidden' : 'invalid_request';
}

// A parser's message may quote the body, and the body is text that must not be repeated.
function messageOf(thrown: unknown): string {
  const code = (thrown as { code?: unknown }).code;
  if (code === 'FST_ERR_BAD_URL') return 'its path cannot be decoded';
  return code === 'FST_ERR_CTP_EMPTY_JSON_BODY' ? 'the body is empty' : 'it is not valid JSON';
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0]!.slice(0, 200);
}
