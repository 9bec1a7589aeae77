import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../../core/call-context.js';
import type { SpeechSessions } from '../../gateway/speech-sessions.js';
import { AudioSink } from '../http/audio-sink.js';
import { httpCall } from '../http/http-call.js';
import { pump, type PumpPace } from '../pump.js';
import { LOG, PACE, SESSIONS } from '../tokens.js';
import { parseWire } from '../wire/parse-wire.js';
import { speechRequestSchema, toSpeechRequest } from '../wire/speech-request-schema.js';

@Controller()
export class SynthesizeController {
  constructor(
    @Inject(SESSIONS) private readonly sessions: SpeechSessions,
    @Inject(PACE) private readonly pace: PumpPace,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** One request, its audio streamed back. */
  @Post(['synthesize', 'v1/tts/synthesize'])
  async synthesize(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const speech = toSpeechRequest(parseWire(speechRequestSchema, request.body), 'wav');
    const call = httpCall(request, reply, 'rest', this.log);
    const sink = new AudioSink(request, reply);
    await pump(this.sessions.speakOnce(speech, call), sink, this.pace);
  }
}
