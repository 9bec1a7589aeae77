import { Controller, Delete, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Log } from '../../core/call-context.js';
import { SpeechError } from '../../core/speech-error.js';
import type { SpeechSessions } from '../../gateway/speech-sessions.js';
import { AudioSink } from '../http/audio-sink.js';
import { httpCall } from '../http/http-call.js';
import { SpeechEventSink } from '../http/speech-event-sink.js';
import { pump, type PumpPace } from '../pump.js';
import { LOG, PACE, SESSIONS } from '../tokens.js';
import { parseWire } from '../wire/parse-wire.js';
import { speechFields, speechRequestSchema, toSpeechRequest } from '../wire/speech-request-schema.js';
import { sendFinishedAudio } from './finished-audio.js';
import { sessionView } from './session-view.js';

/** The request, and whether to speak before anyone listens. */
export const sessionCreateSchema = z.strictObject({
  ...speechFields,
  autostart: z.boolean().default(false).describe('Speak at once; otherwise the first reader starts the speech.'),
});

@Controller('v1/tts/sessions')
export class SessionsController {
  constructor(
    @Inject(SESSIONS) private readonly sessions: SpeechSessions,
    @Inject(PACE) private readonly pace: PumpPace,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @Post()
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { autostart, ...wire } = parseWire(sessionCreateSchema, request.body);
    const speech = toSpeechRequest(parseWire(speechRequestSchema, wire), 'pcm16');
    const record = await this.sessions.create(speech, httpCall(request, reply, 'rest', this.log), { autostart });
    void reply.code(201).header('location', `/v1/tts/sessions/${record.id}`).send(sessionView(record, request.id));
  }

  @Get(':id')
  async show(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    void reply.header('cache-control', 'no-cache').send(sessionView(await this.sessions.get(id), request.id));
  }

  @Delete(':id')
  async cancel(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    void reply.send(sessionView(await this.sessions.cancel(id), request.id));
  }

  /** Live while it is being made; afterwards from the store, with its length, an ETag and ranges. */
  @Get(':id/audio')
  async audio(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const finished = await this.sessions.finishedAudio(id);
    if (finished) {
      const { record, audio: clip } = finished;
      return sendFinishedAudio(request, reply, record, { audio: clip, pace: this.pace });
    }
    if (request.method === 'HEAD') return answerHead(reply);
    const parts = await this.sessions.open(id, httpCall(request, reply, 'rest', this.log));
    await pump(parts, new AudioSink(request, reply), this.pace);
  }

  @Get(':id/events')
  async events(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const afterSeq = lastEventId(request.headers['last-event-id']);
    if (request.method === 'HEAD') return answerHead(reply);
    const parts = await this.sessions.open(id, httpCall(request, reply, 'sse', this.log), afterSeq);
    await pump(parts, new SpeechEventSink(reply), this.pace);
  }
}

/** Whoever asks for the head only must not start the speech, nor be its one reader. */
function answerHead(reply: FastifyReply): void {
  void reply.header('cache-control', 'no-store').send();
}

/** The seq of the last audio part that a returning reader has; -1 for a new one. */
function lastEventId(header: string | string[] | undefined): number {
  if (header === undefined || header === '') return -1;
  if (typeof header === 'string' && /^\d{1,9}$/.test(header)) return Number(header);
  throw new SpeechError('invalid_request', 'Last-Event-ID is the seq of the last audio event received.', {
    param: 'Last-Event-ID',
  });
}
