import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HttpAnswer } from '../conformance/doors/http-answer.js';
import { startGatewayServer, type GatewayServer } from '../support/gateway-server.js';
import { startUpstream, type Upstream } from '../upstream/start-upstream.js';

let upstream: Upstream;
let folder: string;
let server: GatewayServer;
beforeAll(async () => {
  upstream = await startUpstream({ defaults: { ttfbMs: 150 } });
  folder = await mkdtemp(join(tmpdir(), 'tts-clips-'));
  server = await start();
});
afterAll(async () => {
  await server.close();
  await upstream.close();
  await rm(folder, { recursive: true, force: true });
});

function start(): Promise<GatewayServer> {
  return startGatewayServer({
    providers: {
      vendor: {
        type: 'openai',
        base_url: `${upstream.url}/v1`,
        models: ['tts-1'],
        voices: ['alloy'],
        formats: ['pcm16'],
        prewarm: false,
      },
    },
    routes: { default: { targets: [{ voice: 'vendor/alloy' }] } },
    cache: { memory_bytes: 1_000_000, disk_dir: folder },
  });
}

async function speak(text: string, more: object = {}): Promise<{ cache: unknown; status: number; audio: Buffer }> {
  const body = { text, target_format: 'pcm16', ...more };
  const answer = await HttpAnswer.of(`${server.url}/synthesize`, { method: 'POST', body });
  return { cache: answer.headers['x-tts-cache'], status: answer.status, audio: await answer.whole() };
}

const calls = (): number => upstream.speeches().length;

it('a hundred identical requests at the same time are one call, and all get the same bytes', async () => {
  const answers = await Promise.all(Array.from({ length: 100 }, () => speak('Said once, heard by all.')));
  expect(calls()).toBe(1);
  const [first] = answers;
  expect(first!.audio.length).toBeGreaterThan(10_000);
  for (const { audio } of answers) expect(audio.equals(first!.audio)).toBe(true);
  const results = answers.map(({ cache }) => cache);
  expect(results.filter((result) => result === 'miss').length).toBe(1);
  expect(results.filter((result) => result === 'join').length).toBe(99);
});

it('later it is a hit; bypass and refresh ask again', async () => {
  const text = 'Kept for later.';
  const before = calls();
  expect((await speak(text)).cache).toBe('miss');
  // Until the clip is on the disk, its speech is joined: that is no call either.
  await expect.poll(async () => (await speak(text)).cache).toBe('hit');
  expect(calls()).toBe(before + 1);
  expect((await speak(text, { cache: 'bypass' })).cache).toBe('bypass');
  expect((await speak(text, { cache: 'refresh' })).cache).toBe('miss');
  await expect.poll(async () => (await speak(text)).cache).toBe('hit');
  expect(calls()).toBe(before + 3);
});

it.each([
  { fault: 'cut', behaviour: { fault: { kind: 'cut', afterBytes: 20_000 } } },
  { fault: 'truncated', behaviour: { fault: { kind: 'truncate', afterBytes: 4000 } } },
  { fault: 'silence', behaviour: { lie: 'silence' } },
] as const)('a broken clip is never kept: $fault', async ({ fault, behaviour }) => {
  const text = `This one is ${fault} and so it is made again.`;
  const before = calls();
  upstream.script(behaviour);
  await speak(text).catch(() => undefined); // how it breaks off is told elsewhere
  const again = await speak(text);
  expect(again).toMatchObject({ cache: 'miss', status: 200 });
  expect(calls()).toBe(before + 2);
  expect((await speak(text)).audio.equals(again.audio)).toBe(true);
  expect(calls()).toBe(before + 2);
});

it('a clip outlives the process', async () => {
  const text = 'Kept over a restart.';
  const made = await speak(text);
  await expect.poll(async () => (await speak(text)).cache).toBe('hit');
  await server.close();
  server = await start();
  const before = calls();
  const kept = await speak(text);
  expect(kept.cache).toBe('hit');
  expect(kept.audio.equals(made.audio)).toBe(true);
  expect(calls()).toBe(before);
});
