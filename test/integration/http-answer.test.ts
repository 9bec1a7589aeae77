import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGatewayServer, type GatewayServer } from '../support/gateway-server.js';
import { withFault } from '../support/tone.js';
import { Broken } from '../conformance/doors/door.js';
import { HttpAnswer } from '../conformance/doors/http-answer.js';
import { createSession } from '../conformance/doors/rest-doors.js';

let server: GatewayServer;
beforeAll(async () => {
  server = await startGatewayServer();
});
afterAll(() => server.close());

const synthesize = (body: object, headers: Record<string, string> = {}) =>
  HttpAnswer.of(`${server.url}/synthesize`, { method: 'POST', body, headers });

describe('headers of an answer that is audio', () => {
  it('say what it is and who speaks', async () => {
    const answer = await synthesize({ text: 'Heads up.', target_format: 'pcm16', sample_rate_hz: 16_000, pitch: 20 });
    expect(answer.headers).toMatchObject({
      'content-type': 'audio/pcm;rate=16000',
      'transfer-encoding': 'chunked',
      'cache-control': 'no-cache',
      'x-sample-rate': '16000',
      'x-tts-provider': 'tone',
      'x-tts-voice': 'tone/sine',
    });
    expect(answer.headers['x-tts-session-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(['hit', 'miss', 'join', 'bypass']).toContain(answer.headers['x-tts-cache']);
    await answer.whole();
  });

  it.each([
    ['wav', 'audio/wav'],
    ['mp3', 'audio/mpeg'],
    ['opus', 'audio/ogg'],
    ['flac', 'audio/flac'],
    ['aac', 'audio/aac'],
    ['mulaw', 'audio/basic'],
    ['alaw', 'audio/x-alaw-basic'],
  ])('name the type of %s', async (format, type) => {
    const answer = await synthesize({ text: 'Typed.', target_format: format });
    expect(answer.headers['content-type']).toBe(type);
    if (format.endsWith('law')) expect(answer.headers['x-sample-rate']).toBe('8000');
    await answer.whole();
  });
});

describe('trailers', () => {
  it('tell the verdict to a client that accepts them', async () => {
    const answer = await synthesize({ text: 'Judged.' }, { te: 'trailers' });
    expect(answer.headers['trailer']).toBe('x-tts-verdict, x-tts-audio-ms');
    await answer.whole();
    expect(answer.trailers['x-tts-verdict']).toBe('complete');
    expect(Number(answer.trailers['x-tts-audio-ms'])).toBeGreaterThan(0);
  });

  it('are not sent to one that does not', async () => {
    const answer = await synthesize({ text: 'Judged.' });
    expect(answer.headers['trailer']).toBeUndefined();
    await answer.whole();
    expect(answer.trailers).toEqual({});
  });

  it('never come after a failure: the connection is cut without the terminating chunk', async () => {
    const answer = await synthesize(withFault('Cut in the middle of it.', { fail_after_ms: 300 }), { te: 'trailers' });
    await expect(answer.whole()).rejects.toBeInstanceOf(Broken);
    expect(answer.trailers).toEqual({});
  });
});

describe('a streamed WAV', () => {
  it('says that its length is not known', async () => {
    const clip = await (await synthesize({ text: 'How long will it be?' })).whole();
    expect(clip.subarray(0, 4).toString()).toBe('RIFF');
    expect(clip.readUInt32LE(4)).toBe(0xffffffff);
    expect(clip.readUInt32LE(40)).toBe(0xffffffff);
  });
});

describe('x-request-id', () => {
  it.each(['abc-123', 'trace:0001.a_b'])('is the caller’s own: %s', async (id) => {
    const answer = await synthesize({ text: 'Traced.' }, { 'x-request-id': id });
    expect(answer.headers['x-request-id']).toBe(id);
    await answer.whole();
    expect(server.logLines.some((line) => (JSON.parse(line) as { request_id?: string }).request_id === id)).toBe(true);
  });

  it.each(['', 'with space', 'x'.repeat(129), '{"json":1}'])('is a new one for %j', async (id) => {
    const answer = await HttpAnswer.of(`${server.url}/healthz`, { headers: { 'x-request-id': id } });
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is on errors too, in the head and in the body', async () => {
    const requests: [string, string][] = [
      ['GET', '/nowhere'],
      ['POST', '/synthesize'],
      ['DELETE', '/healthz'],
      ['GET', '/v1/tts/sessions/none'],
    ];
    for (const [method, path] of requests) {
      const answer = await HttpAnswer.of(`${server.url}${path}`, { method, headers: { 'x-request-id': 'mine' } });
      expect(answer.headers['x-request-id']).toBe('mine');
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(answer.headers['x-should-retry']).toBe('false');
      expect(await answer.json()).toMatchObject({ error: { request_id: 'mine', retryable: false } });
    }
  });
});

it.each([
  ['invalid_request', 400],
  ['not_found', 404],
  ['unsupported', 422],
  ['rate_limited', 429],
  ['quota_exceeded', 429],
  ['upstream_failed', 502],
  ['unavailable', 503],
  ['deadline', 504],
  ['internal', 500],
])('a provider’s %s is a %s', async (code, status) => {
  const answer = await synthesize(withFault('Never heard.', { fail_before: true, error_code: code }));
  expect(answer.status).toBe(status);
  const body = (await answer.json()) as { error: { code: string; retryable: boolean; message: string } };
  expect(body.error.code).toBe(code);
  expect(answer.headers['x-should-retry']).toBe(String(body.error.retryable));
  if (status === 429 || status === 503) expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
});

it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'audio/mpeg'])(
  'takes no body of type %s',
  async (type) => {
    const ask = { method: 'POST', body: '{"text":"x"}', headers: { 'content-type': type } };
    const answer = await HttpAnswer.of(`${server.url}/synthesize`, ask);
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as { error: { message: string } };
    expect(error.message).toContain('application/json');
  },
);

it('Connection: keep-alive clients can ask again on the same connection', async () => {
  const id = await createSession(server.url, { text: 'Again.' });
  for (let round = 0; round < 3; round += 1) {
    const response = await fetch(`${server.url}/v1/tts/sessions/${id}`);
    expect(response.status).toBe(200);
    await response.arrayBuffer();
  }
});
