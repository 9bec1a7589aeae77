import { Pool, type Dispatcher } from 'undici';
import type { HttpOptions } from './http-options.js';

export interface HttpPoolOptions {
  readonly origin: string;
  readonly http: HttpOptions;
  /** Makes one cheap request, so that the first real one finds an open socket. */
  readonly warm: (dispatcher: Dispatcher) => Promise<void>;
}

/** Keep-alive sockets to one origin. undici's own `clientTtl` is not used: it can queue a request behind a running one. */
export class HttpPool {
  private current: Pool;
  private readonly retired = new Set<Pool>();
  private bornAtMs = performance.now();
  private renewing: Promise<void> | undefined;
  private closed = false;

  constructor(private readonly options: HttpPoolOptions) {
    this.current = this.create();
  }

  get dispatcher(): Dispatcher {
    if (performance.now() - this.bornAtMs > this.options.http.dns_refresh_ms) void this.renew();
    return this.current;
  }

  /** Opens a connection ahead of need; resolves also where that fails, for the next request will tell. */
  async warm(): Promise<void> {
    await this.options.warm(this.current).then(undefined, () => {});
  }

  /** Resolves the name anew behind fresh sockets. */
  renew(): Promise<void> {
    this.renewing ??= this.replace().finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  /** Ends what is running. */
  async close(): Promise<void> {
    this.closed = true;
    await this.renewing;
    await Promise.all([this.current, ...this.retired].map((pool) => pool.destroy()));
  }

  private async replace(): Promise<void> {
    const next = this.create();
    this.bornAtMs = performance.now();
    await this.options.warm(next).then(undefined, () => {});
    const old = this.current;
    this.current = next;
    this.retired.add(old);
    const forget = (): void => void this.retired.delete(old);
    if (!this.closed) void old.close().then(forget, forget);
  }

  private create(): Pool {
    const { origin, http } = this.options;
    return new Pool(origin, {
      connections: http.connections ?? null,
      pipelining: 1,
      connect: { timeout: http.connect_timeout_ms },
      headersTimeout: http.headers_timeout_ms,
      bodyTimeout: http.body_timeout_ms,
      keepAliveTimeout: http.keep_alive_ms,
    });
  }
}
