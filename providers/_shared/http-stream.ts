import type { Dispatcher } from 'undici';
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
 * Aborting `signal` destroys the connection at once and rejects (or fails the sink) with the signal's reason.
 * Rejects with undici's or the system's error where no answer came.
 */
export function openHttpStream(dispatcher: Dispatcher, request: HttpRequest, signal: AbortSignal): Promise<HttpStream> {
  return new Promise((resolve, reject) => {
    const exchange = new HttpExchange(signal, resolve, reject);
    if (signal.aborted) return reject(reasonOf(signal));
    const { method, path, headers, body } = request;
    dispatcher.dispatch({ method, path, headers, body: body ?? null }, exchange);
  });
}

class HttpExchange implements Dispatcher.DispatchHandler, HttpStream {
  status = 0;
  headers: ResponseHeaders = {};
  framed = false;
  private controller: Dispatcher.DispatchController | undefined;
  private sink: HttpSink | undefined;
  private outcome: 'ended' | Error | undefined;

  constructor(
    private readonly signal: AbortSignal,
    private readonly onHead: (stream: HttpStream) => void,
    private readonly onNoHead: (error: Error) => void,
  ) {
    signal.addEventListener('abort', this.onAbort, { once: true });
  }

  // Also where the request still waits for a connection: undici then has no controller, and `onRequestStart` aborts.
  private readonly onAbort = (): void => {
    const reason = reasonOf(this.signal);
    this.controller?.abort(reason);
    this.settle(reason);
  };

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.outcome instanceof Error) controller.abort(this.outcome);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: ResponseHeaders): void {
    if (status < 200) return;
    this.status = status;
    this.headers = headers;
    this.framed =
      headerOf(headers, 'content-length') !== undefined ||
      headerOf(headers, 'transfer-encoding')?.toLowerCase().includes('chunked') === true;
    controller.pause();
    this.onHead(this);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.sink?.data(chunk) === false) controller.pause();
  }

  onResponseEnd(): void {
    this.settle('ended');
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.settle(error);
  }

  pipe(sink: HttpSink): void {
    if (this.outcome instanceof Error) return sink.fail(this.outcome);
    this.sink = sink;
    this.controller?.resume();
  }

  resume(): void {
    this.controller?.resume();
  }

  abort(reason: Error): void {
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
    this.signal.removeEventListener('abort', this.onAbort);
    if (this.status === 0) this.onNoHead(outcome === 'ended' ? new Error('the answer had no head') : outcome);
    else if (outcome === 'ended') this.sink?.end();
    else this.sink?.fail(outcome);
  }
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
