// The least that a NestJS gateway can be: one controller over Fastify, the JSON read and written again, the same
// forwarding as node-undici. `node nest-fastify.mjs PORT UPSTREAM_URL`
import 'reflect-metadata';
import { Body, Controller, Module, Post, Req, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

import { forwarder } from './forward.mjs';

const [port, upstreamUrl] = process.argv.slice(2);
const forward = forwarder(upstreamUrl);

class SpeechController {
  speech(body, request, reply) {
    reply.hijack();
    const headers = { 'content-type': 'application/json', authorization: request.headers.authorization ?? '' };
    forward({ path: '/v1/audio/speech', headers, body: JSON.stringify(body) }, reply.raw);
  }
}

class ProxyModule {
  port = Number(port);
}

// Decorators by hand: plain JavaScript has no syntax for them.
const method = Object.getOwnPropertyDescriptor(SpeechController.prototype, 'speech');
Post('v1/audio/speech')(SpeechController.prototype, 'speech', method);
Body()(SpeechController.prototype, 'speech', 0);
Req()(SpeechController.prototype, 'speech', 1);
Res()(SpeechController.prototype, 'speech', 2);
Controller()(SpeechController);
Module({ controllers: [SpeechController] })(ProxyModule);

const app = await NestFactory.create(ProxyModule, new FastifyAdapter({ logger: false }), { logger: ['error'] });
app.getHttpServer().keepAliveTimeout = 60_000;
await app.listen(app.get(ProxyModule).port, '127.0.0.1');
