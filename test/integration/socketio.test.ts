import type { Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startGatewayServer, type GatewayServer } from '../support/gateway-server.js';
import { decodeTone, inRealTime, LONG_TEXT, withFault } from '../support/tone.js';
import { ask, connectSocket, nextEvent } from '../conformance/doors/socketio-door.js';

let server: GatewayServer;
let socket: Socket;
beforeAll(async () => {
  server = await startGatewayServer({ limits: { max_body_bytes: 65_536 } });
});
afterAll(() => server.close());
beforeEach(async () => {
  socket = await connectSocket(server.url);
});
afterEach(() => void socket.disconnect());

const pcm = { target_format: 'pcm16' };

/** All audio parts of one session as they come; nothing is acknowledged. */
function audioParts(sessionId: () => string | undefined): { seq: number; data: Buffer }[] {
  const parts: { seq: number; data: Buffer }[] = [];
  socket.on('audio', (part: { session_id: string; seq: number }, data: Buffer) => {
    if (sessionId() === undefined || part.session_id === sessionId()) parts.push({ seq: part.seq, data });
  });
  return parts;
}

const event = (name: string): Promise<Record<string, unknown>> => nextEvent(socket, name);

it('keeps at most `window` audio parts unacknowledged, and goes on by credit', async () => {
  const window = 4;
  const parts = audioParts(() => undefined);
  const { session_id: id } = await ask(socket, 'speak', { text: LONG_TEXT, ...pcm, window });
  await expect.poll(() => parts.length).toBe(window);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(parts.length).toBe(window);
  socket.emit('credit', { session_id: id, seq: 0 });
  await expect.poll(() => parts.length).toBe(window + 1);
  socket.emit('credit', { session_id: id, seq: 4 });
  await expect.poll(() => parts.length).toBe(2 * window + 1);
  expect(parts.map(({ seq }) => seq)).toEqual(parts.map((_, index) => index));
});

it('a cancelled speech says so at once, even to a client that took nothing', async () => {
  const parts = audioParts(() => undefined);
  const { session_id: id } = await ask(socket, 'speak', { text: LONG_TEXT, ...pcm, window: 2 });
  await expect.poll(() => parts.length).toBe(2);
  const failed = event('error');
  expect(await ask(socket, 'cancel', { session_id: id })).toEqual({ session_id: id, status: 'cancelled' });
  expect(await failed).toMatchObject({ session_id: id, error: { code: 'cancelled' }, last_seq: expect.any(Number) });
});

it.each([
  ['speak', { text: LONG_TEXT }],
  ['open', {}],
])('what was just begun with %s can be cancelled in the same breath', async (name, request) => {
  const before = server.gateway.active.size;
  for (let round = 0; round < 10; round += 1) {
    const failed = event('error');
    const { session_id: id } = await ask(socket, name, request);
    expect(await ask(socket, 'cancel', { session_id: id })).toEqual({ session_id: id, status: 'cancelled' });
    expect(await failed).toMatchObject({ session_id: id, error: { code: 'cancelled' } });
  }
  await expect.poll(() => server.gateway.active.size).toBe(before);
});

it('one speech of several is cancelled, the others go on', async () => {
  const ids: string[] = [];
  for (const text of ['first of the two', 'second of the two']) {
    ids.push(String((await ask(socket, 'speak', { ...inRealTime(text), ...pcm, window: 256 }))['session_id']));
  }
  const kept = audioParts(() => ids[1]);
  const completed = event('complete');
  await ask(socket, 'cancel', { session_id: ids[0] });
  expect(await completed).toMatchObject({ session_id: ids[1], complete: true });
  expect('second of the two').toContain(decodeTone(Buffer.concat(kept.map(({ data }) => data))).trim());
});

it('speaks over HTTP long polling too', async () => {
  const { io } = await import('socket.io-client');
  const polling = io(`${server.url}/tts`, { transports: ['polling'], forceNew: true, reconnection: false });
  try {
    const heard: Buffer[] = [];
    polling.on('audio', (_part: unknown, data: Buffer) => heard.push(data));
    const completed = nextEvent(polling, 'complete');
    polling.emit('speak', { text: 'By asking again and again.', ...pcm, window: 256 });
    await completed;
    expect(decodeTone(Buffer.concat(heard))).toBe('By asking again and again.');
  } finally {
    polling.disconnect();
  }
});

it.each([
  ['speak', undefined],
  ['speak', null],
  ['speak', 'planted'],
  ['speak', []],
  ['speak', { text: 7 }],
  ['speak', { text: 'x', window: 0 }],
  ['cancel', {}],
  ['cancel', { session_id: 'none' }],
  ['credit', { session_id: 'x', seq: -1 }],
  ['credit', { session_id: 'x', seq: 'NaN' }],
  ['constructor', {}],
  ['shout', { text: 'x' }],
])('answers %s %j with an error, and lives', async (name, payload) => {
  const { error } = await ask(socket, name, payload);
  expect(error).toMatchObject({ code: expect.stringMatching(/^(invalid_request|not_found)$/), retryable: false });
  expect((error as { message: string }).message).not.toContain('planted');
  expect(await ask(socket, 'credit', { session_id: 'x', seq: 0 })).toEqual({});
});

it('an error without an acknowledgement is an event', async () => {
  const failed = event('error');
  socket.emit('speak', { text: '' });
  expect(await failed).toMatchObject({ error: { code: 'invalid_request', param: 'text' } });
});

it('a failure before the first audio is an error event of its session', async () => {
  const failed = event('error');
  const { session_id: id } = await ask(socket, 'speak', withFault('Never heard.', { fail_before: true }));
  expect(await failed).toMatchObject({ session_id: id, error: { code: 'upstream_failed' }, last_seq: -1, audio_ms: 0 });
});

it('a message over limits.max_body_bytes closes the socket', async () => {
  const closed = event('disconnect');
  socket.emit('speak', { text: 'x'.repeat(100_000) });
  await closed;
  const again = await connectSocket(server.url);
  expect(await ask(again, 'credit', { session_id: 'x', seq: 0 })).toEqual({});
  again.disconnect();
});

it('a disconnect ends every speech of the socket', async () => {
  const ids: string[] = [];
  for (const text of [LONG_TEXT, LONG_TEXT]) {
    ids.push(String((await ask(socket, 'speak', { ...inRealTime(text), ...pcm }))['session_id']));
  }
  await Promise.all(ids.map((id) => server.watch.until(() => server.watch.bytesMade(id) > 0)));
  socket.disconnect();
  await Promise.all(ids.map((id) => server.watch.stopped(id)));
});
