import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Behaviour } from './behaviour.js';
import { Connection } from './connection.js';
import { Pacer } from './pacer.js';
import { RequestLog, type UpstreamRequest } from './request-log.js';
import { SpeechSockets } from './speech-socket.js';
import { StatsCounter, type UpstreamStats } from './stats.js';
import type { UpstreamOptions } from './upstream-options.js';
import { Vendor } from './vendor.js';

/** A fake vendor on a real port. */
export interface Upstream {
  /** `http://127.0.0.1:<port>`, without `/v1`. */
  readonly url: string;
  readonly wsUrl: string;
  readonly port: number;
  /** Everything that arrived, in order. */
  readonly requests: readonly UpstreamRequest[];
  /** The speeches among them. */
  speeches(): readonly UpstreamRequest[];
  /** The request of index `n`, now or when it arrives. */
  arrival(n: number): Promise<UpstreamRequest>;
  /** What to do with the next speeches, one each. */
  script(...next: Behaviour[]): void;
  /** What to do with every speech that is not told otherwise. */
  always(behaviour: Behaviour): void;
  stats(): UpstreamStats;
  resetStats(): void;
  /** Closes every connection, as a server that restarts does; it goes on listening. */
  dropConnections(): void;
  close(): Promise<void>;
}

/** Starts an OpenAI-compatible server that does what it is told: see `Behaviour`, and the words in `readModelWords`. */
export async function startUpstream(options: UpstreamOptions = {}): Promise<Upstream> {
  const { host = '127.0.0.1', port: wanted = 0, keepAliveMs } = options;
  const log = new RequestLog(options.keepRequests ?? Infinity);
  const stats = new StatsCounter();
  const vendor = new Vendor(options, stats);
  const pacer = new Pacer();
  const speechSockets = new SpeechSockets({ vendor, options, stats, pacer });
  const sockets = new Set<Socket>();
  const upgrade = speechSockets.upgrade.bind(speechSockets);
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    stats.connections += 1;
    stats.open += 1;
    socket.on('close', () => {
      sockets.delete(socket);
      stats.open -= 1;
    });
    new Connection(socket, stats.connections, { vendor, log, stats, pacer, keepAliveMs, upgrade });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ port: wanted, host, backlog: 4096 }, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const dropConnections = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    url: `http://${host}:${port}`,
    wsUrl: `ws://${host}:${port}`,
    port,
    requests: log.requests,
    speeches: () => log.requests.filter(({ path }) => path.endsWith('/audio/speech')),
    arrival: (n) => log.arrival(n),
    script: (...next) => void vendor.script.push(...next),
    always: (behaviour) => (vendor.defaults = behaviour),
    stats: () => stats.read(),
    resetStats: () => stats.reset(),
    dropConnections,
    close: () => {
      pacer.close();
      speechSockets.close();
      dropConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
