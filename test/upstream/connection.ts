import type { Socket } from 'node:net';
import { HttpRequestReader, type ReadRequest } from './http-request-reader.js';
import type { Pacer } from './pacer.js';
import { UpstreamRequest, type RequestLog } from './request-log.js';
import { wholeAnswer } from './response-head.js';
import { SpeechReply } from './speech-reply.js';
import type { StatsCounter } from './stats.js';
import type { Vendor } from './vendor.js';

export interface ConnectionOptions {
  readonly vendor: Vendor;
  readonly log: RequestLog;
  readonly stats: StatsCounter;
  readonly pacer: Pacer;
  readonly keepAliveMs: number | undefined;
  /** Takes over a connection that asks for another protocol. */
  readonly upgrade: (request: UpstreamRequest, socket: Socket, head: Buffer) => void;
}

/** One connection: its requests are answered one after the other. */
export class Connection {
  private readonly reader = new HttpRequestReader();
  private readonly waiting: ReadRequest[] = [];
  private busy = false;
  private idle: NodeJS.Timeout | undefined;

  constructor(
    private readonly socket: Socket,
    /** Counts from 1. */
    private readonly number: number,
    private readonly options: ConnectionOptions,
  ) {
    socket.on('data', this.onData);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => clearTimeout(this.idle));
  }

  private readonly onData = (bytes: Buffer): void => {
    try {
      this.waiting.push(...this.reader.push(bytes));
    } catch (error) {
      this.socket.end(wholeAnswer(400, 'text/plain', String(error), [['connection', 'close']]));
      return;
    }
    if (!this.busy) this.next();
  };

  private next(): void {
    clearTimeout(this.idle);
    const read = this.waiting.shift();
    this.busy = read !== undefined;
    if (read) void this.answer(read);
    else if (this.options.keepAliveMs !== undefined) {
      this.idle = setTimeout(() => this.socket.end(), this.options.keepAliveMs);
    }
  }

  private async answer({ method, target, headers, body }: ReadRequest): Promise<void> {
    const { log, vendor, stats, upgrade } = this.options;
    const request = new UpstreamRequest(method, target, headers, body.toString(), this.number);
    stats.requests += 1;
    log.add(request);
    if (headers['upgrade'] !== undefined) {
      this.socket.off('data', this.onData);
      return upgrade(request, this.socket, this.reader.rest);
    }
    const answer = await vendor.answer(request);
    if (this.socket.destroyed) return request.end('left');
    if (answer.kind === 'speech') {
      const { socket } = this;
      const { pacer } = this.options;
      const reply = { socket, request, pacer, stats, ...answer, done: () => this.next() };
      return new SpeechReply(reply).start();
    }
    if (answer.failed && request.path.endsWith('/audio/speech')) stats.faults += 1;
    const send = (): void => {
      this.socket.write(answer.bytes);
      request.end(answer.failed ? 'failed' : 'answered');
      this.next();
    };
    if (answer.afterMs > 0) this.options.pacer.at(performance.now() + answer.afterMs, send);
    else send();
  }
}
