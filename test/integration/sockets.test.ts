import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGatewayServer, type GatewayServer } from '../support/gateway-server.js';
import { SocketClient } from '../support/socket-client.js';
import { inRealTime, LONG_TEXT, withFault } from '../support/tone.js';
import { connectSocket, nextEvent } from '../conformance/doors/socketio-door.js';
import { createSession } from '../conformance/doors/rest-doors.js';
import { openStream } from '../conformance/doors/websocket-doors.js';

const STALL_MS = 400;
/** Audio parts that may be unacknowledged. */
const WINDOW = 32;

let server: GatewayServer;
beforeAll(async () => {
  server = await startGatewayServer({
    limits: { client_stall_ms: STALL_MS, text_idle_ms: 200, text_abandoned_ms: 700, max_body_bytes: 65_536 },
    policies: { first_audio_ms: 9000, inter_chunk_ms: 400 },
    sessions: { resume_window_s: 1 },
  });
});
afterAll(() => server.close());

const stream = async (request: { text: string }, query = {}): Promise<SocketClient> =>
  openStream(server.url, await createSession(server.url, request), query);
const synthesize = () => SocketClient.connect(server.url, '/ws/synthesize');

describe('close codes of /v1/tts/stream', () => {
  it('1000 after complete', async () => {
    const client = await stream({ text: 'All of it.' });
    expect((await client.rest()).at(-1)?.frame).toMatchObject({ type: 'complete', complete: true });
    expect((await client.closed).code).toBe(1000);
  });

  it.each([
    ['no JSON', 'planted'],
    ['binary', Buffer.from('{"type":"cancel"}')],
    ['an unknown type', '{"type":"planted"}'],
    ['a wrong seq', '{"type":"ack","seq":-1}'],
    ['an unknown field', '{"type":"cancel","planted":1}'],
    ['null', 'null'],
  ])('1008 for a frame that is %s; the session can be taken up again', async (_what, sent) => {
    const id = await createSession(server.url, inRealTime('It goes on.'));
    const client = await openStream(server.url, id);
    await client.until('audio');
    client.socket.send(sent);
    expect(await client.until('error')).toMatchObject({ error: { code: 'invalid_request' } });
    expect((await client.closed).code).toBe(1008);
    await server.watch.stopped(id);
    const again = await openStream(server.url, id, { after_seq: 0 });
    expect(await again.until('audio')).toMatchObject({ seq: 1 });
    again.leave();
  });

  it.each(['encoding=wav', 'after_seq=-2', 'after_seq=soon', 'planted=1'])('1008 for ?%s', async (query) => {
    const id = await createSession(server.url, { text: 'Not begun.' });
    const client = await SocketClient.connect(server.url, `/v1/tts/stream/${id}?${query}`);
    expect(await client.until('error')).toMatchObject({ error: { code: 'invalid_request' } });
    expect((await client.closed).code).toBe(1008);
    expect(server.watch.of(id)).toEqual([]);
  });

  it('1009 for a frame over limits.max_body_bytes', async () => {
    for (const client of [await stream(inRealTime(LONG_TEXT)), await synthesize()]) {
      client.socket.send(`{"type":"${'x'.repeat(70_000)}"}`);
      await client.rest();
      expect((await client.closed).code).toBe(1009);
    }
  });

  it('4404 for an unknown session', async () => {
    for (const id of ['none', '00000000-0000-4000-8000-000000000000', '%00', '']) {
      const client = await openStream(server.url, id);
      expect(await client.until('error')).toMatchObject({ error: { code: 'not_found', param: 'session_id' } });
      expect(await client.closed).toMatchObject({ code: 4404, reason: expect.stringContaining('session') });
    }
  });

  it('4408 for a client that acknowledges no more', async () => {
    const client = await stream({ text: LONG_TEXT });
    client.send({ type: 'ack', seq: 0 });
    const askedAtMs = performance.now();
    expect(await client.until('error')).toMatchObject({ error: { code: 'client_stalled', retryable: true } });
    expect((await client.closed).code).toBe(4408);
    expect(performance.now() - askedAtMs).toBeLessThan(STALL_MS + 1000);
  });

  it('4409 for a second reader', async () => {
    const id = await createSession(server.url, inRealTime(LONG_TEXT));
    const first = await openStream(server.url, id);
    await first.until('audio');
    const second = await openStream(server.url, id);
    expect(await second.until('error')).toMatchObject({ error: { code: 'conflict' } });
    expect((await second.closed).code).toBe(4409);
    first.leave();
  });

  it('4502 when the provider fails, 4504 when it hangs, before its audio or after', async () => {
    for (const [fault, code, close] of [
      [{ fail_before: true }, 'upstream_failed', 4502],
      [{ fail_after_ms: 100 }, 'upstream_failed', 4502],
      [{ silence: true }, 'incomplete', 4502],
      [{ stall_after_ms: 100 }, 'deadline', 4504],
    ] as const) {
      const request = withFault('It will not go well.', fault);
      const client = await stream(request);
      expect(await client.until('error')).toMatchObject({ error: { code, provider: 'tone' } });
      expect((await client.closed).code).toBe(close);

      const { text, ...config } = request;
      const written = await synthesize();
      written.send(config);
      written.send({ text });
      written.send({ type: 'end_of_stream' });
      expect(await written.until('error')).toMatchObject({ message: expect.any(String), error: { code } });
      expect((await written.closed).code).toBe(close);
    }
  });
});

describe('acknowledgements', () => {
  it(`from the first one on, at most ${WINDOW} audio parts are without`, async () => {
    const client = await stream({ text: LONG_TEXT }, { encoding: 'binary' });
    client.send({ type: 'ack', seq: 0 });
    let last = -1;
    const upTo = async (seq: number): Promise<void> => {
      while (last < seq) {
        const { bytes } = (await client.next())!;
        if (bytes) expect(bytes.readUInt32BE(0)).toBe((last += 1));
      }
    };
    await upTo(WINDOW);
    const more = client.next();
    const nothing = new Promise((resolve) => setTimeout(() => resolve('nothing'), STALL_MS / 3));
    expect(await Promise.race([more, nothing])).toBe('nothing');
    client.send({ type: 'ack', seq: 10 });
    expect((await more)?.bytes?.readUInt32BE(0)).toBe((last += 1));
    await upTo(WINDOW + 10);
    client.send({ type: 'ack', seq: last });
    await upTo(2 * WINDOW + 10);
    client.leave();
  });

  it('are not needed for a cancel', async () => {
    const client = await stream({ text: LONG_TEXT });
    client.send({ type: 'ack', seq: 0 });
    await client.until('audio');
    client.send({ type: 'cancel' });
    expect(await client.until('error')).toMatchObject({ error: { code: 'cancelled' } });
    expect((await client.closed).code).toBe(1000);
  });
});

describe('silence on the wire', () => {
  it('is broken by a keepalive every 5 s', { timeout: 20_000 }, async () => {
    const waiting = await stream(withFault('In a while.', { first_audio_ms: 5600 }));
    const silent = await synthesize();
    silent.send({});
    const startedAtMs = performance.now();
    for (const client of [waiting, silent]) {
      const { atMs } = await client.until('keepalive');
      expect(atMs - startedAtMs).toBeGreaterThan(4500);
      expect(atMs - startedAtMs).toBeLessThan(6500);
    }
    silent.send({ type: 'keepalive' });
    expect(await waiting.until('audio')).toMatchObject({ seq: 0 });
    for (const client of [waiting, silent]) client.leave();
  });

  it('a ping is answered', async () => {
    const client = await synthesize();
    const pong = once(client.socket, 'pong');
    client.socket.ping('are you there');
    client.socket.resume();
    expect(String((await pong)[0])).toBe('are you there');
    client.leave();
  });

  it('speaks what is buffered after limits.text_idle_ms', async () => {
    const client = await synthesize();
    client.send({});
    client.send({ text: 'Nothing ends this' });
    const sentAtMs = performance.now();
    const { atMs, ...segment } = await client.until('segment');
    expect(segment).toMatchObject({ text_start: 0, text_end: 17 });
    expect(atMs - sentAtMs).toBeGreaterThan(190);
    client.leave();
  });

  it('ends a speech that gets no text for limits.text_abandoned_ms', async () => {
    const client = await synthesize();
    client.send({});
    client.send({ text: 'Left like this. Forever' });
    const sentAtMs = performance.now();
    const error = await client.until('error');
    expect(error.atMs - sentAtMs).toBeGreaterThan(690);
    expect(error).toMatchObject({ error: { code: 'client_stalled' } });
    expect((await client.closed).code).toBe(4408);
    await expect.poll(() => server.gateway.active.size).toBe(0);
  });
});

describe('an upgrade', () => {
  const refused = (path: string, origin?: string): Promise<string> =>
    SocketClient.connect(server.url, path, origin === undefined ? {} : { origin }).then(
      () => 'accepted',
      (error: Error) => error.message,
    );

  it('from a page of somewhere else is refused', async () => {
    for (const path of ['/ws/synthesize', '/v1/tts/stream/x']) {
      for (const origin of ['http://evil.example', 'null', 'https://127.0.0.1']) {
        expect(await refused(path, origin)).toContain('403');
      }
    }
  });

  it('from a page of this server is taken', async () => {
    const client = await SocketClient.connect(server.url, '/ws/synthesize', { origin: server.url });
    client.send({});
    expect(await client.until('ready')).toMatchObject({ sample_rate: 24_000 });
    client.leave();
  });

  it('of a path that is none is refused, whatever it looks like', async () => {
    for (const path of ['/', '/ws', '/ws/synthesize/more', '/v1/tts/stream', '/v1/tts/sessions']) {
      expect(await refused(path), path).toContain('404');
    }
    for (const path of ['//', 'http://[', '/\\..//%', '*'])
      expect(await upgradeOf(path), path).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  it('that is broken off harms nobody', async () => {
    const { hostname, port } = new URL(server.url);
    for (const path of ['/nowhere', '/ws/synthesize', '/v1/tts/stream/x']) {
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      socket.write(requestOf(path));
      socket.resetAndDestroy();
    }
    const client = await synthesize();
    client.send({});
    await client.until('ready');
    client.leave();
  });

  async function upgradeOf(path: string): Promise<string> {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.write(requestOf(path));
    let answer = '';
    for await (const data of socket) answer += String(data);
    return answer;
  }

  const requestOf = (path: string): string =>
    `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n` +
    'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
});

it('a client that hangs up in the middle of its text leaves nothing running', async () => {
  const client = await synthesize();
  const { text: _text, ...config } = inRealTime('');
  client.send(config);
  client.send({ text: LONG_TEXT.slice(0, 300) });
  await client.until('audio');
  const { sessionId } = server.watch.calls.at(-1)!;
  client.leave();
  await server.watch.stopped(sessionId);
  await expect.poll(() => server.gateway.active.size).toBe(0);
});

it('one port serves them all, and closing it sends every client away', async () => {
  const other = await startGatewayServer();
  const clients = [await SocketClient.connect(other.url, '/ws/synthesize')];
  clients.push(await openStream(other.url, await createSession(other.url, inRealTime(LONG_TEXT))));
  const socket = await connectSocket(other.url);
  const disconnected = nextEvent(socket, 'disconnect');
  clients[0]!.send({});
  await clients[0]!.until('ready');
  await clients[1]!.until('audio');
  const closing = other.close();
  const closed = await Promise.all(clients.map(async (client) => (await client.rest(), (await client.closed).code)));
  expect(closed).toEqual([1001, 1013]);
  await disconnected;
  await closing;
});
