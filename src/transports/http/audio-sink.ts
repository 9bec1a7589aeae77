import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerResponse } from 'node:http';
import { mimeType } from '../../core/audio-format.js';
import type { SpeechError } from '../../core/speech-error.js';
import type { CompletePart, SpeechPart, StartPart } from '../../core/speech-part.js';
import type { SpeechSink } from '../pump.js';
import { answeredHeaders, answerError } from './answer-error.js';

/**
 * Writes a speech as a chunked HTTP body. The status is decided by the first audio: a failure before it is a JSON
 * error, a failure after it aborts the connection without the terminating chunk, so that no client can take a cut
 * clip for a whole one.
 */
export class AudioSink implements SpeechSink {
  private readonly raw: ServerResponse;
  private readonly trailers: boolean;
  private start: StartPart | undefined;

  constructor(
    request: FastifyRequest,
    private readonly reply: FastifyReply,
    private readonly moreWarnings: readonly string[] = [],
  ) {
    reply.hijack();
    this.raw = reply.raw;
    this.trailers = /\btrailers\b/i.test(String(request.headers.te ?? ''));
  }

  write(part: SpeechPart): Promise<void> | undefined {
    switch (part.type) {
      case 'start':
        this.start = part;
        return undefined;
      case 'audio':
        this.open();
        return this.raw.write(part.data) ? undefined : drained(this.raw);
      case 'complete':
        this.open();
        return this.end(part);
      default:
        return undefined;
    }
  }

  private open(): void {
    const { start, raw } = this;
    if (raw.headersSent || !start) return;
    raw.writeHead(200, {
      ...answeredHeaders(this.reply),
      ...audioHeaders(start, this.moreWarnings),
      ...(this.trailers ? { trailer: 'x-tts-verdict, x-tts-audio-ms' } : {}),
    });
  }

  private end(part: CompletePart): Promise<void> | undefined {
    if (this.trailers) this.raw.addTrailers({ 'x-tts-verdict': part.verdict, 'x-tts-audio-ms': String(part.audioMs) });
    this.raw.end();
    return flushed(this.raw);
  }

  fail(error: SpeechError): void {
    if (this.raw.headersSent) this.raw.destroy();
    else answerError(this.reply, error, this.reply.request.id);
  }
}

/** Headers of every answer that is audio. */
export function audioHeaders(start: StartPart, moreWarnings: readonly string[] = []): Record<string, string> {
  const warnings = [...start.warnings, ...moreWarnings];
  return {
    'content-type': mimeType({ encoding: start.format, sampleRateHz: start.sampleRateHz, channels: start.channels }),
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
    'x-sample-rate': String(start.sampleRateHz),
    'x-tts-session-id': start.sessionId,
    'x-tts-provider': headerSafe(start.provider),
    'x-tts-voice': headerSafe(start.voice),
    'x-tts-cache': start.cache ?? 'bypass',
    ...(warnings.length > 0 ? { 'x-tts-warnings': headerSafe(warnings.join('; ')) } : {}),
  };
}

/** A header value may hold printable ASCII only; names from clients and voices are anything. */
function headerSafe(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '?').slice(0, 2048);
}

/** Resolves when the client has taken what was written, or has gone. */
export function drained(raw: ServerResponse): Promise<void> {
  return eventOrClose(raw, 'drain');
}

/** Resolves when the client has taken the end of the answer, or has gone: an answer that nobody takes must not stay. */
export function flushed(raw: ServerResponse): Promise<void> | undefined {
  return raw.writableFinished ? undefined : eventOrClose(raw, 'finish');
}

function eventOrClose(raw: ServerResponse, event: 'drain' | 'finish'): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      raw.off(event, settle);
      raw.off('close', settle);
      resolve();
    };
    raw.on(event, settle);
    raw.on('close', settle);
  });
}
