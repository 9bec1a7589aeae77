import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGatewayServer, type GatewayServer } from '../support/gateway-server.js';
import { NarrowWire } from '../support/narrow-wire.js';
import { LONG_TEXT } from '../support/tone.js';
import { createSession } from '../conformance/doors/rest-doors.js';

const STALL_MS = 300;
const MEBIBYTE = 1024 * 1024;

let server: GatewayServer;
beforeAll(async () => {
  server = await startGatewayServer({ limits: { client_stall_ms: STALL_MS }, sessions: { resume_window_s: 1 } });
});
afterAll(() => server.close());

/** Every answer that is streamed over HTTP, as one client asks for it. */
const ASKED: readonly [name: string, ask: (text: string) => Promise<[path: string, body?: object]>][] = [
  ['/synthesize', (text) => Promise.resolve(['/synthesize', { text, target_format: 'pcm16' }])],
  ['OpenAI', (text) => Promise.resolve(['/v1/audio/speech', { input: text, response_format: 'pcm' }])],
  [
    'OpenAI, SSE',
    (text) => Promise.resolve(['/v1/audio/speech', { input: text, response_format: 'pcm', stream_format: 'sse' }]),
  ],
  ['session audio', async (text) => [`/v1/tts/sessions/${await createSession(server.url, { text })}/audio`]],
  ['session events', async (text) => [`/v1/tts/sessions/${await createSession(server.url, { text })}/events`]],
];

describe.each(ASKED)('a client of %s that takes no more', (_name, ask) => {
  const wireFor = async (text: string, capacity: number): Promise<NarrowWire> => {
    const [path, body] = await ask(text);
    return NarrowWire.ask(server.app.getHttpServer(), capacity, path, body);
  };

  it('costs at most 1 MiB, stalls the provider, and is cut off after limits.client_stall_ms', async () => {
    const calls = server.watch.calls.length;
    const capacity = 50_000;
    const wire = await wireFor(LONG_TEXT, capacity);
    const askedAtMs = performance.now();
    await wire.hungUp;
    const { sessionId } = server.watch.calls[calls]!;
    await server.watch.stopped(sessionId);
    expect(server.watch.bytesMade(sessionId) - wire.taken / 2).toBeLessThan(MEBIBYTE);
    expect(wire.taken).toBeLessThanOrEqual(capacity);
    expect(performance.now() - askedAtMs).toBeLessThan(STALL_MS + 1500);
  });

  it('is cut off although the whole speech has been made, when it leaves the end of it', async () => {
    const whole = await wireFor('Short.', Infinity);
    await whole.hungUp;
    const wire = await wireFor('Short.', whole.taken - 3000);
    const askedAtMs = performance.now();
    await wire.hungUp;
    expect(performance.now() - askedAtMs).toBeGreaterThan(STALL_MS - 50);
    expect(whole.taken - wire.taken).toBeGreaterThan(0);
  });
});

it('a client that takes no more of a finished clip is cut off too', async () => {
  const id = await createSession(server.url, { text: LONG_TEXT, autostart: true });
  await expect.poll(async () => (await server.gateway.sessions.get(id)).state, { timeout: 5000 }).toBe('completed');
  const wire = NarrowWire.ask(server.app.getHttpServer(), 50_000, `/v1/tts/sessions/${id}/audio`);
  await wire.hungUp;
  expect(wire.taken).toBeLessThanOrEqual(50_000);
});

it('each of them is counted', async () => {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toMatch(/^tts_client_stalls_total 11$/m);
});
