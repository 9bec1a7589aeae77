import { parseArgs } from 'node:util';
import { readWords } from './model-words.js';
import { startUpstream } from './start-upstream.js';

/**
 * The fake vendor as a process of its own, for benches:
 *   npx tsx test/upstream/main.ts [--port 18100] [--host 127.0.0.1] [--defaults sec0.5-ttfb50] [--lenient]
 * It prints its address as one line of JSON. `GET /__stats` has its counters, `POST /__stats/reset` clears them.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    defaults: { type: 'string', default: '' },
    lenient: { type: 'boolean', default: false },
  },
});

const upstream = await startUpstream({
  port: Number(values.port),
  host: values.host,
  strict: !values.lenient,
  defaults: readWords(values.defaults),
  keepRequests: 100,
});

console.log(JSON.stringify({ url: upstream.url, wsUrl: upstream.wsUrl, pid: process.pid }));

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => void upstream.close().then(() => process.exit(0)));
}
