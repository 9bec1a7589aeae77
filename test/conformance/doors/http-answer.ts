import { once } from 'node:events';
import { request, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Broken, Refused, type WireError } from './door.js';

export interface HttpAsk {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is; anything else as JSON. */
  readonly body?: unknown;
}

/** One answer over a connection of its own, read no faster than it is asked for. */
export class HttpAnswer {
  private constructor(
    private readonly asked: ClientRequest,
    private readonly message: IncomingMessage,
    private readonly chunks: AsyncIterator<Buffer>,
  ) {}

  /** Resolves with the head of the answer. */
  static async of(url: string, { method = 'GET', headers = {}, body }: HttpAsk = {}): Promise<HttpAnswer> {
    const sent = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const type: Record<string, string> = sent === undefined ? {} : { 'content-type': 'application/json' };
    const asked = request(url, { method, agent: false, headers: { ...type, ...headers } });
    asked.end(sent);
    const [message] = (await once(asked, 'response')) as [IncomingMessage];
    // A connection that is hung up on tells both the request and its answer; the answer's reader is told.
    asked.on('error', () => {});
    return new HttpAnswer(asked, message, message[Symbol.asyncIterator]() as AsyncIterator<Buffer>);
  }

  get status(): number {
    return this.message.statusCode ?? 0;
  }

  get headers(): IncomingHttpHeaders {
    return this.message.headers;
  }

  /** Only there after the end. */
  get trailers(): NodeJS.Dict<string> {
    return this.message.trailers;
  }

  /** The next bytes; undefined after the terminating chunk. Rejects with `Broken` when the connection broke before it. */
  async next(): Promise<Buffer | undefined> {
    try {
      const { done, value } = await this.chunks.next();
      return done ? undefined : value;
    } catch {
      throw new Broken();
    }
  }

  async whole(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for (let chunk = await this.next(); chunk; chunk = await this.next()) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async json(): Promise<Record<string, unknown>> {
    return JSON.parse((await this.whole()).toString()) as Record<string, unknown>;
  }

  /** The answer, unless it is an error: then `Refused`. */
  async orRefused(): Promise<this> {
    if (this.status < 400) return this;
    const { error } = (await this.json()) as { error: WireError };
    throw new Refused(error, this.status, this.headers);
  }

  leave(): void {
    this.asked.destroy();
  }
}
