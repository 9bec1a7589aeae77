import type { Behaviour } from './behaviour.js';

/**
 * `answered`: everything was sent. `failed`: the behaviour asked for less, and that was done.
 * `left`: the peer closed the connection first.
 */
export type Outcome = 'answered' | 'failed' | 'left';

/** One request as it arrived, and what became of it. Times: `performance.now()`. */
export class UpstreamRequest {
  readonly atMs = performance.now();
  behaviour: Behaviour = {};
  /** Bytes of audio that were handed to the socket. */
  audioBytes = 0;
  /** When its first audio was handed to the socket. */
  firstAudioAtMs: number | undefined;
  /** When it was over, whichever way. */
  endedAtMs: number | undefined;
  outcome: Outcome | undefined;
  /** Resolves when it is over. */
  readonly ended: Promise<Outcome>;
  private readonly resolve: (outcome: Outcome) => void;

  constructor(
    readonly method: string,
    /** With its query. */
    readonly target: string,
    readonly headers: Readonly<Record<string, string>>,
    readonly body: string,
    /** Counts from 1: which connection it came on. */
    readonly connection: number,
  ) {
    let resolve: (outcome: Outcome) => void = () => {};
    this.ended = new Promise((settle) => (resolve = settle));
    this.resolve = resolve;
  }

  get path(): string {
    return this.target.split('?', 1)[0]!;
  }

  /** The body as JSON; undefined where it is none. */
  get json(): Record<string, unknown> | undefined {
    try {
      return JSON.parse(this.body) as Record<string, unknown>;
    } catch {
      return undefined;
    }
  }

  end(outcome: Outcome): void {
    if (this.outcome !== undefined) return;
    this.outcome = outcome;
    this.endedAtMs = performance.now();
    this.resolve(outcome);
  }
}

/** Everything that arrived, in order, and a way to wait for what has not. */
export class RequestLog {
  readonly requests: UpstreamRequest[] = [];
  private arrived = 0;
  private waiting: { n: number; resolve(request: UpstreamRequest): void }[] = [];

  /** Of more than `keep` the oldest are forgotten. */
  constructor(private readonly keep: number) {}

  add(request: UpstreamRequest): void {
    this.requests.push(request);
    this.arrived += 1;
    if (this.requests.length > this.keep) this.requests.shift();
    const met = this.waiting.filter(({ n }) => n < this.arrived);
    if (met.length === 0) return;
    this.waiting = this.waiting.filter(({ n }) => n >= this.arrived);
    for (const { resolve } of met) resolve(request);
  }

  /** The request of index `n` (0 is the first of all), now or when it arrives. */
  arrival(n: number): Promise<UpstreamRequest> {
    const there = this.requests[n];
    return there ? Promise.resolve(there) : new Promise((resolve) => this.waiting.push({ n, resolve }));
  }
}
