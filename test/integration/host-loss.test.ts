import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGatewayServer, type GatewayServer } from '../support/gateway-server.js';
import { inRealTime, LONG_TEXT } from '../support/tone.js';
import { listen, listenToFailure, type Door, type SpokenRequest } from '../conformance/doors/door.js';
import { sessionEventsDoor } from '../conformance/doors/event-doors.js';
import { synthesizeDoor } from '../conformance/doors/rest-doors.js';
import { socketioDoor } from '../conformance/doors/socketio-door.js';

let server: GatewayServer;
beforeAll(async () => {
  const providers = { tone: { type: 'tone' }, espeak: { type: 'espeak' } };
  // A host that is started again compiles its sources first here, which takes its time on a busy machine.
  const policies = { first_audio_ms: 15_000, deadline_ms: 15_000 };
  server = await startGatewayServer({ providers, policies });
});
afterAll(() => server.close());

/** Hosts are children of this process; `kill -9` is what an operator or the kernel does to them. */
function hostPids(pool: string): number[] {
  const args = ['-ww', '-o', 'pid=', '-o', 'args=', '--ppid', String(process.pid)];
  const lines = execFileSync('ps', args).toString().split('\n');
  return lines.filter((line) => line.includes(`tts-gateway ${pool} host`)).map((line) => Number.parseInt(line, 10));
}

const stats = (pool: string) => server.gateway.hosts()[pool]!;

const ESPEAK: SpokenRequest = { text: LONG_TEXT, voice: 'espeak/en-us', sample_rate_hz: 22_050 };
const CODEC: SpokenRequest = { ...inRealTime(LONG_TEXT), voice: 'tone/sine', target_format: 'mp3' };

it.each<{ pool: string; door: Door; request: SpokenRequest }>([
  { pool: 'espeak', door: synthesizeDoor, request: ESPEAK },
  { pool: 'espeak', door: sessionEventsDoor, request: ESPEAK },
  { pool: 'espeak', door: socketioDoor, request: ESPEAK },
  { pool: 'codec', door: synthesizeDoor, request: CODEC },
  { pool: 'codec', door: sessionEventsDoor, request: CODEC },
])('$pool hosts killed in mid-stream, $door.name: a clean error, and the next speech works', async (told) => {
  const { pool, door, request } = told;
  const client = await door.connect(server.url);
  try {
    const hearing = await client.speak(request);
    await hearing.next();
    await expect.poll(() => stats(pool).ready, { timeout: 15_000 }).toBe(stats(pool).hosts);
    const pids = hostPids(pool);
    expect(pids.length).toBe(stats(pool).hosts);
    const restarts = stats(pool).restarts + pids.length;
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    const { broken } = await listenToFailure(hearing);
    if (door.tells === 'everything') expect(broken.error).toMatchObject({ code: 'upstream_failed', retryable: true });
    expect(hearing.told.map(({ type }) => type)).not.toContain('complete');
    await expect.poll(() => stats(pool).restarts, { timeout: 15_000 }).toBe(restarts);
    const next = await listen(await client.speak({ ...request, text: 'Next, please.', provider_options: {} }));
    expect(next.length).toBeGreaterThan(1000);
    expect(server.gateway.active.size).toBe(0);
  } finally {
    await client.close();
  }
});
