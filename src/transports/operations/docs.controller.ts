import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { SpeechError } from '../../core/speech-error.js';
import { answerCacheable } from '../http/answer-cacheable.js';
import { VERSION } from '../tokens.js';
import { openapiDocument } from './openapi.js';

const ASSETS = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const ASSET_TYPES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>TTS gateway API</title>
    <link rel="icon" href="docs/favicon-32x32.png" />
    <link rel="stylesheet" href="docs/swagger-ui.css" />
  </head>
  <body>
    <div id="api"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script>SwaggerUIBundle({ url: 'openapi.json', dom_id: '#api' });</script>
  </body>
</html>
`;

@Controller()
export class DocsController {
  private readonly document: Buffer;

  constructor(@Inject(VERSION) version: string) {
    this.document = Buffer.from(JSON.stringify(openapiDocument(version)));
  }

  @Get('openapi.json')
  openapi(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    answerCacheable(request, reply, 'application/json; charset=utf-8', this.document);
  }

  @Get('docs')
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    answerCacheable(request, reply, 'text/html; charset=utf-8', Buffer.from(PAGE));
  }

  @Get('docs/:asset')
  async asset(
    @Param('asset') asset: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const type = Object.hasOwn(ASSET_TYPES, asset) ? ASSET_TYPES[asset] : undefined;
    if (type === undefined) throw new SpeechError('not_found', 'There is no such page.');
    answerCacheable(request, reply, type, await readFile(join(ASSETS, asset)));
  }
}
