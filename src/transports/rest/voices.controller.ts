import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../../core/call-context.js';
import type { VoiceLibrary } from '../../gateway/voice-library.js';
import { answerCacheable } from '../http/answer-cacheable.js';
import { LOG, VOICES } from '../tokens.js';
import { parseWire } from '../wire/parse-wire.js';
import { httpCall } from '../http/http-call.js';
import { VoicePreviews } from './voice-previews.js';
import { pageOf, voiceQuerySchema, wireVoice } from './voice-query.js';

const PREVIEW = '/preview';

@Controller('v1/voices')
export class VoicesController {
  constructor(
    @Inject(VOICES) private readonly voices: VoiceLibrary,
    @Inject(VoicePreviews) private readonly previews: VoicePreviews,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { limit, cursor, ...filter } = parseWire(voiceQuerySchema, request.query);
    const listing = await this.voices.list(filter);
    const page = pageOf(listing.voices, limit, cursor);
    const body = { voices: page.voices.map(wireVoice), next_cursor: page.nextCursor, stale: listing.stale };
    answerCacheable(request, reply, 'application/json; charset=utf-8', Buffer.from(JSON.stringify(body)));
  }

  /** `…/{provider}/{voice}` and `…/{provider}/{voice}/preview`; a provider's voice id may hold slashes itself. */
  @Get('*')
  async one(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const path = decodeURIComponent(new URL(request.url, 'http://gateway').pathname.slice('/v1/voices/'.length));
    if (!path.endsWith(PREVIEW)) {
      const voice = await this.voices.get(path);
      return answerCacheable(
        request,
        reply,
        'application/json; charset=utf-8',
        Buffer.from(JSON.stringify(wireVoice(voice))),
      );
    }
    const voice = await this.voices.get(path.slice(0, -PREVIEW.length));
    const clip = await this.previews.of(voice, httpCall(request, reply, 'rest', this.log));
    answerCacheable(request, reply, clip.contentType, clip.audio);
  }
}
