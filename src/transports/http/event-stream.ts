import type { FastifyReply } from 'fastify';
import type { ServerResponse } from 'node:http';
import { answeredHeaders } from './answer-error.js';
import { drained, flushed } from './audio-sink.js';

const KEEPALIVE_MS = 5000;
/** How long the last event of a failed speech may take to leave. */
const LAST_EVENT_MS = 1000;

/** One `text/event-stream` answer: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export class EventStream {
  private readonly raw: ServerResponse;
  private keepalive: NodeJS.Timeout | undefined;

  constructor(private readonly reply: FastifyReply) {
    reply.hijack();
    this.raw = reply.raw;
  }

  get opened(): boolean {
    return this.raw.headersSent;
  }

  /** Writes the head; later calls do nothing. */
  open(headers: Record<string, string> = {}): void {
    if (this.raw.headersSent) return;
    this.raw.writeHead(200, {
      ...answeredHeaders(this.reply),
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    });
    this.keepalive = setInterval(() => this.raw.write(': keepalive\n\n'), KEEPALIVE_MS);
    this.raw.once('close', () => clearInterval(this.keepalive));
  }

  /** `data` is one JSON value; `id` is what a client sends back as `Last-Event-ID`. */
  send(data: string, event?: string, id?: number): Promise<void> | undefined {
    const name = event === undefined ? '' : `event: ${event}\n`;
    const mark = id === undefined ? '' : `id: ${id}\n`;
    this.keepalive?.refresh();
    return this.raw.write(`${name}${mark}data: ${data}\n\n`) ? undefined : drained(this.raw);
  }

  end(): Promise<void> | undefined {
    clearInterval(this.keepalive);
    this.raw.end();
    return flushed(this.raw);
  }

  /** Ends with a last event, and waits for its reader only a moment: one who has stalled will not take it. */
  endWith(data: string, event: string): void {
    void this.send(data, event);
    void this.end();
    this.cutLater();
  }

  /** Sends `data` and breaks the connection, for clients that would take an orderly end for success. */
  breakWith(data: string): void {
    clearInterval(this.keepalive);
    const { raw } = this;
    if (raw.writableNeedDrain) raw.destroy();
    else raw.write(`data: ${data}\n\n`, () => raw.destroy());
    this.cutLater();
  }

  private cutLater(): void {
    const cut = setTimeout(() => this.raw.destroy(), LAST_EVENT_MS);
    this.raw.once('close', () => clearTimeout(cut));
  }
}
