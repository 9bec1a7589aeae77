import type { Dispatcher } from 'undici';
import type { Departure } from './departure.js';
import { headerOf, type ResponseHeaders } from './retry-after.js';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Where the bytes of an answer go. `data` answers false to pause the socket; the sink then calls `resume`. */
export interface HttpSink {
  data(chunk: Buffer): boolean;
  /** The whole body has come: its length was reached, or its last chunk. */
  end(): void;
  /** The body will not be whole. */
  fail(error: Error): void;
}

/** The head of an answer, its body waiting on the socket until `pipe` or `text` asks for it. */
export interface HttpStream {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** The body tells its own end (a length or chunks); without, a cut looks like an end. */
  readonly framed: boolean;
  pipe(sink: HttpSink): void;
  /** Lets the socket go on after `data` answered false. */
  resume(): void;
  /** Destroys the connection. */
  abort(reason: Error): void;
  /** Reads at most `maxBytes` for at most `maxMs` and lets go of the rest; never rejects, for it is read after a failure. */
  text(maxBytes?: number, maxMs?: number): Promise<string>;
}

/**
 * Sends one request and resolves with the head of its answer. It is undici's dispatch without streams, promises or
 * copies per chunk: each chunk goes from the socket's read callback to the sink.
 * A departure destroys the connection at once and rejects (or fails the sink) with its reason.
 * Rejects with undici's or the system's error where no answer came.
 */
export function openHttpStream(
  dispatcher: Dispatcher,
  request: HttpRequest,
  departure: Departure,
): Promise<HttpStream> {
  return new Promise((resolve, reject) => {
    if (departure.left) return reject(departure.left);
    const exchange = new HttpExchange(departure, resolve, reject);
    const { method, path, headers, body } = request;
    dispatcher.dispatch({ method, path, headers, body: body ?? null }, exchange);
  });
}

/** Chunks kept before there is a sink. */
const MOST_EARLY = 16;

class HttpExchange implements Dispatcher.DispatchHandler, HttpStream {
  status = 0;
  headers: ResponseHeaders = {};
  framed = false;
  private controller: Dispatcher.DispatchController | undefined;
  private sink: HttpSink | undefined;
  /** What came with the head, before there was a sink. */
  private early: Buffer[] | undefined;
  private outcome: 'ended' | Error | undefined;

  constructor(
    private readonly departure: Departure,
    private readonly onHead: (stream: HttpStream) => void,
    private readonly onNoHead: (error: Error) => void,
  ) {
    departure.listen(this.onDeparture);
  }

  // Also where the request still waits for a connection: undici then has no controller, and `onRequestStart` aborts.
  private readonly onDeparture = (reason: Error): void => this.abort(reason);

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.outcome instanceof Error) controller.abort(this.outcome);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: ResponseHeaders): void {
    if (status < 200) return;
    this.status = status;
    this.headers = headers;
    this.framed =
      headerOf(headers, 'content-length') !== undefined ||
      headerOf(headers, 'transfer-encoding')?.toLowerCase().includes('chunked') === true;
    this.onHead(this);
  }

  // The sink comes one microtask after the head: to keep the chunk or two that come with it is cheaper than to pause.
  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.sink) {
      if (!this.sink.data(chunk)) controller.pause();
      return;
    }
    this.early ??= [];
    if (this.early.push(chunk) >= MOST_EARLY) controller.pause();
  }

  onResponseEnd(): void {
    this.settle('ended');
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.settle(error);
  }

  pipe(sink: HttpSink): void {
    this.sink = sink;
    const early = this.early ?? [];
    this.early = undefined;
    let room = true;
    for (const chunk of early) room = sink.data(chunk) && room;
    if (this.outcome === 'ended') sink.end();
    else if (this.outcome) sink.fail(this.outcome);
    else if (!room) this.controller?.pause();
    else if (early.length >= MOST_EARLY) this.controller?.resume();
  }

  resume(): void {
    this.controller?.resume();
  }

  abort(reason: Error): void {
    if (this.outcome !== undefined) return;
    this.controller?.abort(reason);
    this.settle(reason);
  }

  text(maxBytes = 16_384, maxMs = 1000): Promise<string> {
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const finish = (): void => {
        clearTimeout(timer);
        resolve(Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8'));
      };
      const stop = (): void => this.abort(new Error('the rest of the body is not wanted'));
      const timer = setTimeout(stop, maxMs);
      this.pipe({
        data: (chunk) => {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes > maxBytes) stop();
          return true;
        },
        end: finish,
        fail: finish,
      });
    });
  }

  private settle(outcome: 'ended' | Error): void {
    if (this.outcome !== undefined) return;
    this.outcome = outcome;
    this.departure.listen(undefined);
    if (this.status === 0) this.onNoHead(outcome === 'ended' ? new Error('the answer had no head') : outcome);
    else if (outcome === 'ended') this.sink?.end();
    else this.sink?.fail(outcome);
  }
}
