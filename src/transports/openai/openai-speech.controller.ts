import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../../core/call-context.js';
import type { SpeechSessions } from '../../gateway/speech-sessions.js';
import { AudioSink } from '../http/audio-sink.js';
import { httpCall } from '../http/http-call.js';
import { pump, type PumpPace } from '../pump.js';
import { LOG, PACE, SESSIONS } from '../tokens.js';
import { parseWire } from '../wire/parse-wire.js';
import { ignoredFields, openaiSpeechSchema, toOpenaiRequest } from './openai-speech-schema.js';
import { OpenaiEventSink } from './openai-event-sink.js';

@Controller('v1/audio')
export class OpenaiSpeechController {
  constructor(
    @Inject(SESSIONS) private readonly sessions: SpeechSessions,
    @Inject(PACE) private readonly pace: PumpPace,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @Post('speech')
  async speech(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const wire = parseWire(openaiSpeechSchema, request.body);
    const warnings = ignoredFields(request.body);
    const call = httpCall(request, reply, 'openai', this.log);
    const sink =
      wire.stream_format === 'sse' ? new OpenaiEventSink(reply, warnings) : new AudioSink(request, reply, warnings);
    const stream = this.sessions.speakOnce(toOpenaiRequest(wire), call);
    await pump(stream, sink, this.pace);
  }
}
