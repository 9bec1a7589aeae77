import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeTone } from '../../providers/tone/tone-codec.js';
import { startGatewayServer, type GatewayServer } from '../support/gateway-server.js';
import { socketioDoor } from '../conformance/doors/socketio-door.js';
import { sessionEventsDoor } from '../conformance/doors/event-doors.js';
import type { Door, ToldPart } from '../conformance/doors/door.js';

const RATE_HZ = 22_050;
const TEXT = Array.from({ length: 10 }, (_, nth) => `This is sentence number ${nth + 1} of the story.`).join(' ');

let server: GatewayServer;
beforeAll(async () => {
  server = await startGatewayServer({
    providers: { espeak: { type: 'espeak' }, tone: { type: 'tone' } },
    routes: { default: { targets: [{ voice: 'espeak/en-us' }, { voice: 'tone/sine' }] } },
    policies: { first_audio_ms: 15_000, deadline_ms: 15_000 },
    // Little is held for a slow reader, so that the engine is still speaking when it is killed.
    limits: { bytes_per_speech: 16_384 },
  });
});
afterAll(() => server.close());

/** Hosts are children of this process; `kill -9` is what the kernel does to them when memory runs out. */
function killHosts(): void {
  const args = ['-ww', '-o', 'pid=', '-o', 'args=', '--ppid', String(process.pid)];
  const lines = execFileSync('ps', args).toString().split('\n');
  const pids = lines
    .filter((line) => line.includes('tts-gateway espeak host'))
    .map((line) => Number.parseInt(line, 10));
  for (const pid of pids) process.kill(pid, 'SIGKILL');
}

const hostsReady = () => server.gateway.hosts()['espeak']?.ready ?? 0;

describe('espeak is killed in mid-sentence', () => {
  it.each<{ door: Door; chunks: number }>([
    { door: sessionEventsDoor, chunks: 1 },
    { door: sessionEventsDoor, chunks: 9 },
    { door: socketioDoor, chunks: 4 },
  ])(
    '$door.name, after $chunks parts: the next target says the rest',
    { timeout: 40_000 },
    async ({ door, chunks }) => {
      const client = await door.connect(server.url);
      const audio: Buffer[] = [];
      try {
        const hearing = await client.speak({ text: TEXT, timings: 'word', sample_rate_hz: RATE_HZ });
        for (let chunk = await hearing.next(); chunk; chunk = await hearing.next()) {
          audio.push(chunk);
          if (audio.length === chunks) killHosts();
        }
        judge(hearing.told, Buffer.concat(audio));
      } finally {
        await client.close();
      }
      await expect.poll(hostsReady, { timeout: 15_000 }).toBeGreaterThan(0);
      expect(server.gateway.active.size).toBe(0);
    },
  );
});

/** By the timings of espeak before the seam, and by the code of tone after it. */
function judge(told: readonly ToldPart[], audio: Buffer): void {
  const seams = told.filter(({ type }) => type === 'seam');
  expect(seams).toMatchObject([{ from: 'espeak/en-us', to: 'tone/sine', reason: 'upstream_failed' }]);
  const at = Number(seams[0]?.['text_offset']);
  const seamMs = Number(seams[0]?.['audio_ms']);
  const words = told.filter(({ type, kind }) => type === 'timing' && kind === 'word');
  const heard = words.map(({ text_start }) => Number(text_start));
  const all = [...TEXT.matchAll(/[\p{L}\p{N}]+/gu)].map(({ index }) => index);
  // espeak may tell several written words as one; none that was spoken is told twice or out of order.
  expect(heard).toEqual([...new Set(heard)].sort((a, b) => a - b));
  expect(heard.filter((start) => start >= at)).toEqual(all.filter((start) => start >= at));
  const before = words.filter(({ text_start }) => Number(text_start) < at);
  for (const { end_ms } of before) expect(Number(end_ms)).toBeLessThanOrEqual(seamMs + 10);
  const rest = decodeTone(audio.subarray(2 * Math.round((seamMs * RATE_HZ) / 1000)), RATE_HZ);
  expect(letters(rest).endsWith(letters(TEXT.slice(at)).slice(1))).toBe(true);
}

function letters(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '');
}
