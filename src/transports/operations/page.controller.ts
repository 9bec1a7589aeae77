import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readFileSync } from 'node:fs';
import { SpeechError } from '../../core/speech-error.js';
import { answerCacheable } from '../http/answer-cacheable.js';

/** The playground: three files that are part of the program, read once. */
const FILES: Readonly<Record<string, { readonly type: string; readonly body: Buffer }>> = {
  'index.html': { type: 'text/html; charset=utf-8', body: pageFile('index.html') },
  'page.js': { type: 'text/javascript; charset=utf-8', body: pageFile('page.js') },
  'pcm-player.js': { type: 'text/javascript; charset=utf-8', body: pageFile('pcm-player.js') },
};

function pageFile(name: string): Buffer {
  return readFileSync(new URL(`../../../web/${name}`, import.meta.url));
}

@Controller()
export class PageController {
  @Get()
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.file('index.html', request, reply);
  }

  @Get(':name.js')
  script(@Param('name') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.file(`${name}.js`, request, reply);
  }

  private file(name: string, request: FastifyRequest, reply: FastifyReply): void {
    const file = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
    if (!file) throw new SpeechError('not_found', 'There is no such page.');
    answerCacheable(request, reply, file.type, file.body);
  }
}
