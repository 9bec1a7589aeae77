import type { FastifyReply } from 'fastify';
import type { SpeechError } from '../../core/speech-error.js';
import type { SpeechPart } from '../../core/speech-part.js';
import type { SpeechSink } from '../pump.js';
import { wireErrorPart, wirePart } from '../wire/wire-part.js';
import { answerError } from './answer-error.js';
import { EventStream } from './event-stream.js';

/** All parts of a speech as server-sent events; `id` is the seq of the audio parts, whose bytes are base64 in `data`. */
export class SpeechEventSink implements SpeechSink {
  private readonly events: EventStream;

  constructor(private readonly reply: FastifyReply) {
    this.events = new EventStream(reply);
  }

  write(part: SpeechPart): Promise<void> | undefined {
    this.events.open();
    if (part.type === 'audio') {
      const { seq, segment, data } = part;
      const json = `{"type":"audio","seq":${seq},"segment":${segment},"data":"${data.toString('base64')}"}`;
      return this.events.send(json, 'audio', seq);
    }
    const sent = this.events.send(JSON.stringify({ type: part.type, ...wirePart(part) }), part.type);
    return part.type === 'complete' ? this.events.end() : sent;
  }

  fail(error: SpeechError): void {
    const requestId = this.reply.request.id;
    if (!this.events.opened) return answerError(this.reply, error, requestId);
    this.events.endWith(JSON.stringify({ type: 'error', ...wireErrorPart(error, requestId) }), 'error');
  }
}
