import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGatewayServer, type GatewayServer } from '../support/gateway-server.js';
import { HttpAnswer } from '../conformance/doors/http-answer.js';
import { createSession } from '../conformance/doors/rest-doors.js';

let server: GatewayServer;
let url: string;
let clip: Buffer;
let etag: string;

beforeAll(async () => {
  server = await startGatewayServer();
  const id = await createSession(server.url, { text: 'A clip to be cut to pieces.', target_format: 'mp3' });
  url = `${server.url}/v1/tts/sessions/${id}/audio`;
  clip = await (await HttpAnswer.of(url)).whole();
  etag = String((await HttpAnswer.of(url)).headers['etag']);
});
afterAll(() => server.close());

const get = (headers: Record<string, string>, method = 'GET') => HttpAnswer.of(url, { headers, method });

it('has its length, its type, an ETag and ranges, and the bytes that were streamed', async () => {
  const answer = await get({});
  expect(answer.status).toBe(200);
  expect(answer.headers).toMatchObject({
    'content-length': String(clip.length),
    'content-type': 'audio/mpeg',
    'accept-ranges': 'bytes',
    'x-tts-voice': 'tone/sine',
  });
  expect(answer.headers['etag']).toMatch(/^"[^"]+"$/);
  expect((await answer.whole()).equals(clip)).toBe(true);
});

const size = () => clip.length;
const RANGES: readonly [range: string, from: () => number, to: () => number][] = [
  ['bytes=0-0', () => 0, () => 1],
  ['bytes=10-99', () => 10, () => 100],
  ['bytes=100-', () => 100, size],
  ['bytes=-50', () => size() - 50, size],
  ['bytes=0-999999999', () => 0, size],
  ['bytes=-999999999', () => 0, size],
];

it.each(RANGES)('gives the range %s', async (range, from, to) => {
  const answer = await get({ range });
  expect(answer.status).toBe(206);
  expect(answer.headers['content-range']).toBe(`bytes ${from()}-${to() - 1}/${size()}`);
  expect((await answer.whole()).equals(clip.subarray(from(), to()))).toBe(true);
});

it.each(['bytes=999999999-', 'bytes=-0', 'bytes=9-3'])('has no range %s', async (range) => {
  const answer = await get({ range });
  expect(answer.status).toBe(416);
  expect(answer.headers['content-range']).toBe(`bytes */${size()}`);
});

it.each(['lines=1-2', 'bytes=a-b', 'bytes=-', 'bytes=0-1,5-9'])('sends the whole for the range %s', async (range) => {
  const answer = await get({ range });
  expect(answer.status).toBe(200);
  expect((await answer.whole()).length).toBe(size());
});

it('cuts only what the client has the rest of', async () => {
  expect((await get({ range: 'bytes=0-9', 'if-range': etag })).status).toBe(206);
  expect((await get({ range: 'bytes=0-9', 'if-range': '"another"' })).status).toBe(200);
});

it('a WAV says its true length, in the whole and in ranges', async () => {
  const id = await createSession(server.url, { text: 'How long is it now?', target_format: 'wav' });
  const path = `${server.url}/v1/tts/sessions/${id}/audio`;
  const live = await (await HttpAnswer.of(path)).whole();
  expect(live.readUInt32LE(40)).toBe(0xffffffff);
  const stored = await (await HttpAnswer.of(path)).whole();
  expect(stored.readUInt32LE(4)).toBe(stored.length - 8);
  expect(stored.readUInt32LE(40)).toBe(stored.length - 44);
  expect(stored.subarray(44).equals(live.subarray(44))).toBe(true);
  for (const [from, to] of [
    [0, 10],
    [6, 42],
    [40, 60],
    [44, 99],
    [100, 101],
  ] as const) {
    const range = { range: `bytes=${from}-${to - 1}` };
    const part = await (await HttpAnswer.of(path, { headers: range })).whole();
    expect(part.equals(stored.subarray(from, to))).toBe(true);
  }
});

it('is not sent again to a client that has it', async () => {
  for (const tags of [etag, `W/${etag}`, `"another", ${etag}`, '*']) {
    const answer = await get({ 'if-none-match': tags });
    expect([answer.status, tags]).toEqual([304, tags]);
    expect(answer.headers['etag']).toBe(etag);
    expect((await answer.whole()).length).toBe(0);
  }
  expect((await get({ 'if-none-match': '"another"' })).status).toBe(200);
});

it('tells its head without its body', async () => {
  const answer = await get({}, 'HEAD');
  expect(answer.status).toBe(200);
  expect(answer.headers).toMatchObject({ 'content-length': String(size()), 'accept-ranges': 'bytes', etag });
  expect((await answer.whole()).length).toBe(0);
});

it('a HEAD for a speech that has not begun does not begin it', async () => {
  const id = await createSession(server.url, { text: 'Only asked about.' });
  const answer = await HttpAnswer.of(`${server.url}/v1/tts/sessions/${id}/audio`, { method: 'HEAD' });
  await answer.whole();
  expect(server.watch.of(id)).toEqual([]);
  expect((await server.gateway.sessions.get(id)).state).toBe('created');
});
