import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { loadConfig } from '../../src/config/load-config.js';
import { openGateway, type OpenGateway } from '../../src/gateway/open-gateway.js';
import { builtinProviders } from '../../src/registry/builtin-providers.js';
import { createServer } from '../../src/server.js';
import { createLog } from '../../src/telemetry/log.js';
import { Metrics } from '../../src/telemetry/metrics.js';
import { observers } from '../../src/telemetry/observers.js';
import { ProviderWatch } from './watched-provider.js';

/** The real server in this process, on a port of its own, with every provider looked at. */
export interface GatewayServer {
  readonly url: string;
  readonly gateway: OpenGateway;
  readonly app: NestFastifyApplication;
  readonly watch: ProviderWatch;
  /** Bytes that were handed to the kernel for clients, over all connections so far. */
  bytesSent(): number;
  /** Every line that was logged, as it was written. */
  readonly logLines: readonly string[];
  close(): Promise<void>;
}

/** A configuration of which tests name only what they are about; one without providers is `TONE_CONFIG` with changes. */
export type TestConfig = Readonly<Record<string, unknown>>;

export const TONE_CONFIG: TestConfig = {
  providers: { tone: { type: 'tone' } },
  routes: { default: { targets: [{ voice: 'tone/sine' }] } },
  openai: { models: { 'tts-1': 'default' }, voices: { alloy: 'tone/sine' } },
};

export const ESPEAK_CONFIG: TestConfig = { providers: { espeak: { type: 'espeak' } } };

/** Writes `config` as the file that an operator would write, loads it as the server does, and listens. */
export async function startGatewayServer(config: TestConfig = {}): Promise<GatewayServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tts-server-'));
  const path = await writeConfig(folder, 'providers' in config ? config : { ...TONE_CONFIG, ...config });
  const providerOptions = new Map(builtinProviders.map(({ manifest, options }) => [manifest.type, options]));
  const loaded = await loadConfig({ path, providerOptions, env: {} });
  const logLines: string[] = [];
  const log = createLog('info', { write: (line) => void logLines.push(line) });
  const watch = new ProviderWatch();
  const metrics = new Metrics(() => gateway.hosts());
  const gateway = await openGateway({
    config: loaded.config,
    log,
    observers: observers(metrics, log),
    definitions: builtinProviders.map((definition) => watch.watch(definition)),
  });
  const app = await createServer({ gateway, metrics, log, version: '0.0.0-test' });
  const sockets: Socket[] = [];
  app.getHttpServer().on('connection', (socket: Socket) => sockets.push(socket));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    gateway,
    app,
    watch,
    logLines,
    bytesSent: () => sockets.reduce((sum, { bytesWritten, writableLength }) => sum + bytesWritten - writableLength, 0),
    close: async () => {
      await gateway.active.drain(0);
      app.getHttpServer().closeAllConnections();
      await app.close();
      await gateway.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Into a file of its own; what the server keeps on disk goes beside it. */
export async function writeConfig(folder: string, config: TestConfig): Promise<string> {
  const path = join(folder, 'gateway.yaml');
  const sessions = { spool_dir: join(folder, 'spool'), ...(config['sessions'] as object | undefined) };
  const server = { port: 0, ...(config['server'] as object | undefined) };
  // Suites that break the same provider again and again, and ask for the same words, must find it as it is.
  const policies = {
    retry: { attempts: 1 },
    breaker: { volume: 1_000_000 },
    ...(config['policies'] as object | undefined),
  };
  const cache = { memory_bytes: 0, ...(config['cache'] as object | undefined) };
  await writeFile(path, stringify({ ...config, server, sessions, policies, cache }));
  return path;
}
