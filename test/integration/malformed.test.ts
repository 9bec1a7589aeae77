import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ERROR_TABLE, type ErrorCode } from '../../src/core/speech-error.js';
import { startGatewayProcess, type GatewayProcess } from '../support/gateway-process.js';
import { TONE_CONFIG } from '../support/gateway-server.js';
import { memoryOf } from '../support/process-memory.js';
import { ask, connectSocket } from '../conformance/doors/socketio-door.js';
import { malformedEvents, malformedFrames } from './malformed/frames.js';
import { malformedRequests, type MalformedRequest } from './malformed/requests.js';

const SEED = 20_260_101;
const AT_ONCE = 16;
const MEBIBYTE = 1024 * 1024;

let gateway: GatewayProcess;
beforeAll(async () => {
  const config = { ...TONE_CONFIG, log: { level: 'warn' } };
  gateway = await startGatewayProcess({ config, nodeArgs: ['--inspect=127.0.0.1:0'] });
});
afterAll(() => gateway.close());

it('2,000 malformed requests and frames: a refusal each, no crash, memory flat', async () => {
  const requests = malformedRequests(1800, SEED);
  const events = malformedEvents(500, SEED);
  await refuseAll(requests.slice(0, 300), events.slice(0, 100));
  const before = await memoryOf(gateway);
  await refuseAll(requests.slice(300), events.slice(100));
  const after = await memoryOf(gateway);
  expect((after.heapUsed - before.heapUsed) / MEBIBYTE).toBeLessThan(4);
  expect((after.rss - before.rss) / MEBIBYTE).toBeLessThan(64);
  expect(gateway.stdout()).toBe('');
  await expectAlive();
}, 60_000);

it('frames that are no packets close their socket and nothing else', async () => {
  const url = `${gateway.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  const frames = malformedFrames(100, SEED);
  await inTurns(frames, async (frame) => {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    socket.send('40/tts,');
    socket.send(frame);
    // Whatever it made of the frame, the server still answers or hangs up; an engine.io ping is due only after 25 s.
    await Promise.race([once(socket, 'close'), once(socket, 'message')]);
    socket.terminate();
  });
  await expectAlive();
});

it('what is not HTTP is hung up on', async () => {
  const { hostname, port } = new URL(gateway.url);
  const lines = ['\0\0\0\0', 'GET', 'GET / HTTP/9.9\r\n\r\n', `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`]
    .concat(['POST /synthesize HTTP/1.1\r\ncontent-length: -1\r\n\r\n', '\x16\x03\x01\x02\x00\x01'])
    .concat(['POST /synthesize HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n']);
  for (const line of lines) {
    const socket = connect(Number(port), hostname);
    socket.end(line);
    let answer = '';
    for await (const data of socket.on('error', () => {})) answer += String(data);
    expect(answer === '' || /^HTTP\/1\.1 4\d\d /.test(answer), JSON.stringify(line.slice(0, 40))).toBe(true);
  }
  await expectAlive();
});

async function expectAlive(): Promise<void> {
  const body = JSON.stringify({ text: 'Still here.' });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${gateway.url}/synthesize`, { method: 'POST', headers, body });
  expect(response.status).toBe(200);
  expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(1000);
}

async function refuseAll(
  requests: readonly MalformedRequest[],
  events: ReturnType<typeof malformedEvents>,
): Promise<void> {
  await inTurns(requests, refuseRequest);
  const socket = await connectSocket(gateway.url);
  await inTurns(events, async ({ name, payload }) => {
    const { error } = await ask(socket, name, ...payload);
    const code = (error as { code: ErrorCode } | undefined)?.code;
    expect(code === undefined ? 0 : ERROR_TABLE[code].http, `${name} ${JSON.stringify(payload)}`).toSatisfy(isRefusal);
  });
  socket.disconnect();
}

async function refuseRequest({ method, path, headers, body }: MalformedRequest): Promise<void> {
  const response = await fetch(`${gateway.url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  const answer = await response.text();
  const what = `${method} ${path} ${JSON.stringify(headers)} ${body?.slice(0, 200) ?? ''} → ${answer.slice(0, 200)}`;
  expect(response.status, what).toSatisfy(isRefusal);
  const { error } = JSON.parse(answer) as { error: { code: ErrorCode; message: string; request_id: string } };
  expect(ERROR_TABLE[error.code]?.http, what).toBe(response.status);
  expect(error.message.length * error.request_id.length, what).toBeGreaterThan(0);
}

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500;
}

async function inTurns<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.pop(); item !== undefined; item = queue.pop()) await act(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
