import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { openGateway } from '../gateway/open-gateway.js';
import { createServer } from '../server.js';
import { createLog } from '../telemetry/log.js';
import { Metrics } from '../telemetry/metrics.js';
import { observers } from '../telemetry/observers.js';
import { VERSION } from '../version.js';
import { banner } from './banner.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { readConfig } from './read-config.js';

const LAST_BYTES_MS = 1000;

/** Longest wait for the default route before the banner says that it is not ready. */
const VOICE_LOAD_MS = 10_000;

/** Serves until SIGTERM or SIGINT; then refuses new speeches, lets the running ones end, and exits. */
export async function serve(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseArgs({ args: [...args], options: { config: { type: 'string' } } });
  const { config, source } = await readConfig(values.config);
  const log = createLog(config.log.level);
  const metrics = new Metrics(() => gateway.hosts());
  const gateway = await openGateway({ config, log, observers: observers(metrics, log), warm: true });
  try {
    const server = await createServer({ gateway, metrics, log, version: VERSION });
    await server.listen(config.server.port, config.server.host);
    const { port } = server.getHttpServer().address() as AddressInfo;
    const url = `http://${config.server.host.includes(':') ? `[${config.server.host}]` : config.server.host}:${port}`;
    log.info({ url, config: source, version: VERSION }, 'serving');
    const stopped = stopSignal();
    // The lines of the banner are meant to be pasted at once, so the voice is loaded first.
    const ready = gateway.status.ready(VOICE_LOAD_MS).then((unready) => process.stderr.write(banner(url, unready)));
    await Promise.race([ready, stopped]);
    await stopped;
    log.info({ active: gateway.active.size }, 'draining');
    await gateway.drain(config.shutdown.drain_ms);
    await closeServer(server);
  } finally {
    await gateway.close();
  }
  log.info({}, 'stopped');
  return EXIT.ok;
}

/** Last bytes get a moment to leave; a client that does not take them holds nobody up. */
async function closeServer(server: NestFastifyApplication): Promise<void> {
  const cut = setTimeout(() => server.getHttpServer().closeAllConnections(), LAST_BYTES_MS);
  await server.close();
  clearTimeout(cut);
}

/** The first signal drains; a second one does not wait. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = (): void => {
      process.once('SIGTERM', () => process.exit(EXIT.failed));
      process.once('SIGINT', () => process.exit(EXIT.failed));
      resolve();
    };
    process.once('SIGTERM', onSignal);
    process.once('SIGINT', onSignal);
  });
}
