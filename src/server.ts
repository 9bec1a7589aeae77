import cors from '@fastify/cors';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import 'reflect-metadata';
import { AppModule, pumpPace, type AppParts } from './app.module.js';
import { requestIdOf } from './transports/http/http-call.js';
import { answerThrown, SpeechErrorFilter } from './transports/http/speech-error.filter.js';
import { SocketAdapter } from './transports/socketio/socket-adapter.js';
import { routeSockets } from './transports/websocket/socket-router.js';

/** Headers a page may read. */
const EXPOSED = [
  'x-request-id',
  'retry-after',
  'etag',
  'x-sample-rate',
  ...['session-id', 'provider', 'voice', 'cache', 'warnings'].map((name) => `x-tts-${name}`),
];

/** All doors on one port. The application is not listening yet. */
export async function createServer(parts: AppParts): Promise<NestFastifyApplication> {
  const { server, limits } = parts.gateway.config;
  const adapter = await openAdapter(parts);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of(parts), adapter, {
    logger: ['error', 'warn'],
    abortOnError: false,
    // Fastify's own reads JSON; Nest's would take forms as well.
    bodyParser: false,
  });
  const sockets = { maxMessageBytes: limits.max_body_bytes, origins: server.cors };
  const onClose = routeSockets(app.getHttpServer(), {
    sessions: parts.gateway.sessions,
    pace: pumpPace(parts),
    log: parts.log,
    ...sockets,
  });
  app.useWebSocketAdapter(new SocketAdapter(app, { ...sockets, onClose }));
  app.useGlobalFilters(new SpeechErrorFilter(parts.log));
  return app;
}

/** Fastify with what holds for every request. */
async function openAdapter({ gateway, log }: AppParts): Promise<FastifyAdapter> {
  const { server, limits } = gateway.config;
  const adapter = new FastifyAdapter({
    logger: false,
    bodyLimit: limits.max_body_bytes,
    genReqId: (request: { headers: IncomingHttpHeaders }) => requestIdOf(request.headers['x-request-id']),
    // A connection that dawdles over its headers or body is closed; a speech may take as long as it takes.
    connectionTimeout: 0,
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      answerThrown(error, request, reply, log),
  });
  const fastify: FastifyInstance = adapter.getInstance();
  fastify.removeContentTypeParser('text/plain');
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  if (server.cors.length > 0) {
    const origin = server.cors.includes('*') ? '*' : [...server.cors];
    await fastify.register(cors, { origin, exposedHeaders: EXPOSED, methods: ['GET', 'HEAD', 'POST', 'DELETE'] });
  }
  return adapter;
}
