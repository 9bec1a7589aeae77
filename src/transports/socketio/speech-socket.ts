import type { Socket } from 'socket.io';
import { z } from 'zod';
import type { Log } from '../../core/call-context.js';
import { SpeechError, toSpeechError } from '../../core/speech-error.js';
import type { SpeechStream } from '../../core/speech-part.js';
import { SpeechSessions, type SessionCall } from '../../gateway/speech-sessions.js';
import type { TextFeed } from '../../gateway/text-feed.js';
import { pump, type PumpPace } from '../pump.js';
import { errorBody } from '../wire/error-body.js';
import { parseWire } from '../wire/parse-wire.js';
import { speechFields, speechRequestSchema, toSpeechRequest } from '../wire/speech-request-schema.js';
import { CreditSink } from './credit-sink.js';

const speakSchema = z.strictObject({
  ...speechFields,
  window: z.int().min(1).max(256).default(32).describe('Audio parts that may be unacknowledged.'),
});
const openSchema = speakSchema.omit({ text: true, ssml: true });
const sessionSchema = z.strictObject({ session_id: z.string().min(1).max(128) });
const textSchema = sessionSchema.extend({ text: z.string() });
const resumeSchema = sessionSchema.extend({ after_seq: z.int().min(-1), window: speakSchema.shape.window });
const creditSchema = sessionSchema.extend({ seq: z.int().min(0) });

type Ack = (answer: object) => void;
type Message = (payload: unknown) => Promise<object>;

export interface SpeechSocketOptions {
  readonly sessions: SpeechSessions;
  readonly pace: PumpPace;
  readonly log: Log;
}

/** One client: several speeches over one socket, each named by its session. */
export class SpeechSocket {
  private readonly sinks = new Map<string, CreditSink>();
  private readonly gone = new AbortController();
  private readonly requestId = SpeechSessions.newId();

  constructor(
    private readonly socket: Socket,
    private readonly options: SpeechSocketOptions,
  ) {
    const messages: Readonly<Record<string, Message>> = {
      speak: (payload) => this.speak(payload),
      open: (payload) => this.open(payload),
      text: (payload) => this.text(payload),
      flush: (payload) => this.flush(payload),
      end: (payload) => this.end(payload),
      cancel: (payload) => this.cancel(payload),
      resume: (payload) => this.resume(payload),
      credit: (payload) => this.credit(payload),
    };
    socket.onAny((event: string, ...sent: unknown[]) => {
      const ack = typeof sent.at(-1) === 'function' ? (sent.pop() as Ack) : undefined;
      const message = Object.hasOwn(messages, event) ? messages[event] : undefined;
      void this.answer(message ?? (() => Promise.reject(unknownEvent(Object.keys(messages)))), sent[0], ack);
    });
    socket.once('disconnect', () => this.gone.abort(new SpeechError('cancelled', 'The client closed its socket.')));
  }

  /** To the acknowledgement where the client asked for one; a refusal without one is an `error` event. */
  private async answer(message: Message, payload: unknown, ack: Ack | undefined): Promise<void> {
    try {
      const answer = await message(payload);
      ack?.(answer);
    } catch (thrown) {
      const error = toSpeechError(thrown);
      if (error.code === 'internal')
        this.options.log.error({ request_id: this.requestId, err: error }, 'socket message failed');
      const body = errorBody(error, this.requestId);
      if (ack) ack(body);
      else this.socket.emit('error', body);
    }
  }

  private async speak(payload: unknown): Promise<object> {
    const { window, ...wire } = parseWire(speakSchema, payload);
    const request = toSpeechRequest(parseWire(speechRequestSchema, wire), 'pcm16');
    const record = await this.options.sessions.create(request, this.call());
    void this.deliver(record.id, window);
    return { session_id: record.id };
  }

  /** A speech whose text follows; it is spoken sentence by sentence as it comes. */
  private async open(payload: unknown): Promise<object> {
    const { window, ...wire } = parseWire(openSchema, payload);
    const request = { ...toSpeechRequest({ ...wire, text: undefined, ssml: undefined }, 'pcm16'), text: '' };
    const record = await this.options.sessions.create(request, this.call(), { laterText: true });
    void this.deliver(record.id, window);
    return { session_id: record.id };
  }

  private async text(payload: unknown): Promise<object> {
    const { session_id: id, text } = parseWire(textSchema, payload);
    return this.toFeed(id, (feed) => feed.push(text));
  }

  private async flush(payload: unknown): Promise<object> {
    return this.toFeed(parseWire(sessionSchema, payload).session_id, (feed) => feed.flush());
  }

  private async end(payload: unknown): Promise<object> {
    return this.toFeed(parseWire(sessionSchema, payload).session_id, (feed) => feed.end());
  }

  // In the very turn in which the event came: text that waits would be overtaken by what follows it.
  private async toFeed(id: string, give: (feed: TextFeed) => void): Promise<object> {
    const feed = this.options.sessions.feed(id);
    if (!feed) throw await this.options.sessions.refusedText(id);
    give(feed);
    return {};
  }

  /** Goes on with a speech that another socket (or this one, before) has left. */
  private async resume(payload: unknown): Promise<object> {
    const { session_id: id, after_seq: afterSeq, window } = parseWire(resumeSchema, payload);
    const parts = await this.parts(id, afterSeq);
    const sink = this.sinkFor(id, window);
    if (afterSeq >= 0) sink.credit(afterSeq);
    void this.pump(id, parts, sink);
    return { session_id: id };
  }

  // The sink is there before the client knows of its speech: it may cancel in the same breath.
  private async deliver(id: string, window: number): Promise<void> {
    const sink = this.sinkFor(id, window);
    try {
      await this.pump(id, await this.parts(id, -1), sink);
    } catch (thrown) {
      this.sinks.delete(id);
      sink.fail(toSpeechError(thrown));
    }
  }

  private sinkFor(id: string, window: number): CreditSink {
    const sink = new CreditSink(this.socket, id, this.requestId, window);
    this.sinks.set(id, sink);
    return sink;
  }

  private parts(id: string, afterSeq: number): Promise<SpeechStream> {
    return this.options.sessions.open(id, { ...this.call(), signal: this.gone.signal }, afterSeq);
  }

  private async pump(id: string, parts: SpeechStream, sink: CreditSink): Promise<void> {
    await pump(parts, sink, this.options.pace);
    if (this.sinks.get(id) === sink) this.sinks.delete(id);
  }

  private async cancel(payload: unknown): Promise<object> {
    const { session_id: id } = parseWire(sessionSchema, payload);
    const sink = this.sinkOf(id);
    const { state } = await this.options.sessions.cancel(id);
    sink.release();
    return { session_id: id, status: state };
  }

  private credit(payload: unknown): Promise<object> {
    const { session_id: id, seq } = parseWire(creditSchema, payload);
    // A credit that crosses the end of its speech on the wire is no mistake.
    this.sinks.get(id)?.credit(seq);
    return Promise.resolve({});
  }

  private sinkOf(id: string): CreditSink {
    const sink = this.sinks.get(id);
    if (sink) return sink;
    throw new SpeechError('not_found', 'No such speech is under way on this socket.', { param: 'session_id' });
  }

  private call(): SessionCall {
    const { requestId } = this;
    return { requestId, transport: 'socketio', receivedAtMs: performance.now(), log: this.options.log };
  }
}

function unknownEvent(known: readonly string[]): SpeechError {
  return new SpeechError('invalid_request', `Unknown event; send one of ${known.join(', ')}.`);
}
