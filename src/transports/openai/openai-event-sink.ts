import type { FastifyReply } from 'fastify';
import type { SpeechError } from '../../core/speech-error.js';
import type { CompletePart, SpeechPart, StartPart } from '../../core/speech-part.js';
import { answerError } from '../http/answer-error.js';
import { audioHeaders } from '../http/audio-sink.js';
import { EventStream } from '../http/event-stream.js';
import type { SpeechSink } from '../pump.js';
import { errorBody } from '../wire/error-body.js';

/**
 * `stream_format: "sse"`: `speech.audio.delta` events and one `speech.audio.done`. A failure in the middle is told as
 * `speech.audio.error` and the connection is broken: OpenAI names no event for it, and an orderly end would be read
 * as success.
 */
export class OpenaiEventSink implements SpeechSink {
  private readonly events: EventStream;
  private start: StartPart | undefined;

  constructor(
    private readonly reply: FastifyReply,
    private readonly warnings: readonly string[],
  ) {
    this.events = new EventStream(reply);
  }

  write(part: SpeechPart): Promise<void> | undefined {
    switch (part.type) {
      case 'start':
        this.start = part;
        return undefined;
      case 'audio':
        this.open();
        return this.events.send(`{"type":"speech.audio.delta","audio":"${part.data.toString('base64')}"}`);
      case 'complete':
        this.open();
        void this.events.send(JSON.stringify({ type: 'speech.audio.done', usage: usage(part) }));
        return this.events.end();
      default:
        return undefined;
    }
  }

  private open(): void {
    if (this.start && !this.events.opened) this.events.open(audioHeaders(this.start, this.warnings));
  }

  fail(error: SpeechError): void {
    const requestId = this.reply.request.id;
    if (!this.events.opened) return answerError(this.reply, error, requestId);
    this.events.breakWith(JSON.stringify({ type: 'speech.audio.error', ...errorBody(error, requestId) }));
  }
}

/** OpenAI bills 20 audio tokens a second, and about four characters make a text token. */
function usage({ characters, audioMs }: CompletePart): Record<string, number> {
  const input = Math.ceil(characters / 4);
  const output = Math.ceil(audioMs / 50);
  return { input_tokens: input, output_tokens: output, total_tokens: input + output };
}
