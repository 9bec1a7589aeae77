import type { Dispatcher } from 'undici';
import type { Log } from '../../src/core/call-context.js';
import type { SpeechError } from '../../src/core/speech-error.js';
import { Departure } from './departure.js';
import { connectionError, redactor } from './http-error.js';
import type { HttpOptions } from './http-options.js';
import { HttpPool } from './http-pool.js';
import { openHttpStream, type HttpRequest, type HttpStream } from './http-stream.js';
import { KeyRing } from './key-ring.js';
import type { ResponseHeaders } from './retry-after.js';

const REFUSED_KEY_MS = 300_000;
const LIMITED_KEY_MS = 5000;
const LIST_BYTES = 1024 * 1024;
const LIST_MS = 5000;

/** Makes a request with one of the keys; without, where there are none. */
export type KeyedRequest = (key: string | undefined) => HttpRequest;

export interface VendorClientOptions {
  /** The operator's name of the provider. */
  readonly provider: string;
  readonly origin: string;
  readonly http: HttpOptions;
  readonly log: Log;
  /** Costs the vendor and us nothing; opens a connection. */
  readonly warmUp: KeyedRequest;
  readonly toError: (answer: RefusedAnswer) => SpeechError;
}

export interface RefusedAnswer {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: string;
  readonly redact: (said: string) => string;
}

/** One vendor over HTTP: its sockets and its keys. Every failure is thrown as the one error. */
export class VendorClient {
  private readonly pool: HttpPool;
  private readonly keys: KeyRing;

  constructor(private readonly options: VendorClientOptions) {
    const { origin, http, warmUp } = options;
    this.keys = new KeyRing(http.api_keys.filter((key) => key !== ''));
    this.pool = new HttpPool({ origin, http, warm: (dispatcher) => this.warm(dispatcher, warmUp) });
    if (http.prewarm) void this.pool.warm();
  }

  /**
   * The answer to a request, its status 2xx. A key that is refused or limited gives way to the next within the call.
   * `secret` is what must not be logged: the text.
   */
  async request(request: KeyedRequest, secret: string, departure: Departure): Promise<HttpStream> {
    const tried = new Set<string>();
    for (;;) {
      const key = this.keys.next(tried);
      const stream = await this.send(request(key), departure);
      const { status, headers } = stream;
      if (status >= 200 && status < 300) return stream;
      const redact = this.redactor(secret);
      const error = this.options.toError({ status, headers, body: await stream.text(), redact });
      if (key === undefined || !this.bench(key, status, error)) throw error;
      tried.add(key);
      if (this.keys.usable === 0 || tried.size === this.keys.size) throw error;
    }
  }

  /** Parsed JSON, or undefined where the server has none there. */
  async json(request: KeyedRequest, signal: AbortSignal): Promise<unknown> {
    const stream = await this.send(request(this.keys.next()), Departure.of(signal));
    const { status, headers } = stream;
    const body = await stream.text(LIST_BYTES, LIST_MS);
    if (status === 404 || status === 405) return undefined;
    if (status !== 200) throw this.options.toError({ status, headers, body, redact: this.redactor('') });
    try {
      return JSON.parse(body) as unknown;
    } catch {
      return undefined; // a server that answers every path with a page
    }
  }

  /** Takes the keys and `secret` out of what a server said. */
  redactor(secret: string): (said: string) => string {
    return redactor([...this.options.http.api_keys, secret]);
  }

  /** Ends what is running. */
  close(): Promise<void> {
    return this.pool.close();
  }

  private async send(request: HttpRequest, departure: Departure): Promise<HttpStream> {
    try {
      return await openHttpStream(this.pool.dispatcher, request, departure);
    } catch (error) {
      if (departure.left || !isStaleSocket(error)) throw connectionError(error, this.options.provider, false);
    }
    return openHttpStream(this.pool.dispatcher, request, departure).catch((error: unknown) => {
      throw connectionError(error, this.options.provider, false);
    });
  }

  /** True where another key may do better. */
  private bench(key: string, status: number, error: SpeechError): boolean {
    const refused = status === 401 || status === 403;
    if (!refused && status !== 429 && status !== 402) return false;
    const forMs = refused || error.code === 'quota_exceeded' ? REFUSED_KEY_MS : LIMITED_KEY_MS;
    this.keys.bench(key, error.retryAfterMs ?? forMs);
    const { provider, log } = this.options;
    if (refused) log.error({ provider, status }, 'the provider refused an API key; it sits out for a while');
    return true;
  }

  private async warm(dispatcher: Dispatcher, warmUp: KeyedRequest): Promise<void> {
    const { provider, http, log } = this.options;
    const departure = Departure.of(AbortSignal.timeout(http.connect_timeout_ms));
    const stream = await openHttpStream(dispatcher, warmUp(this.keys.next()), departure);
    await stream.text(LIST_BYTES, LIST_MS);
    const { status } = stream;
    if (status === 401 || status === 403) log.warn({ provider, status }, 'the provider refused an API key');
  }
}

/** A kept socket that the server had closed meanwhile: nothing of this request was answered, so it is sent once more. */
function isStaleSocket(error: unknown): boolean {
  const { code, socket } = error as { code?: unknown; socket?: { bytesRead?: number } };
  return code === 'UND_ERR_SOCKET' && (socket?.bytesRead ?? 0) > 0;
}
