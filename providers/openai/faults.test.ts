import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Provider } from '../../src/core/provider.js';
import type { SpeechError } from '../../src/core/speech-error.js';
import type { Behaviour, Refusal } from '../../test/upstream/behaviour.js';
import { startUpstream, type Upstream } from '../../test/upstream/start-upstream.js';
import { testCall, testRequest } from '../../test/support/speech-parts.js';
import { hear, openProvider, type Heard } from './fixtures/open-provider.js';

const TEXT = 'The secret text of a client.';
const KEY = 'sk-very-secret-key';
let upstream: Upstream;
let provider: Provider;

beforeEach(async () => {
  upstream = await startUpstream();
  provider = await openProvider(upstream, { api_keys: [KEY] });
});

afterEach(async () => {
  await provider.close();
  await upstream.close();
});

const speak = (): Promise<Heard> =>
  hear(provider.speak(testRequest({ text: TEXT, voice: 'nova', model: 'tts-1' }), testCall()));

const expectNoSecrets = (error: SpeechError | undefined): void => {
  const cause = error?.cause instanceof Error ? error.cause.message : '';
  expect(`${error?.message} ${cause}`).not.toContain(TEXT);
  expect(`${error?.message} ${cause}`).not.toContain(KEY);
};

describe('an answer that is an error', () => {
  const cases: [Refusal, object][] = [
    [
      { status: 400, param: 'input' },
      { code: 'invalid_request', retryable: false, param: 'text' },
    ],
    [
      { status: 400, param: 'voice' },
      { code: 'invalid_request', param: 'voice' },
    ],
    [{ status: 401 }, { code: 'upstream_failed', retryable: false }],
    [{ status: 402 }, { code: 'quota_exceeded', retryable: false }],
    [{ status: 403 }, { code: 'upstream_failed', retryable: false }],
    [{ status: 404 }, { code: 'not_found', param: 'model' }],
    [
      { status: 404, code: 'unknown_url', message: 'Not here.' },
      { code: 'upstream_failed', retryable: false },
    ],
    [
      { status: 404, body: '<html>nginx</html>' },
      { code: 'upstream_failed', retryable: false },
    ],
    [{ status: 408 }, { code: 'upstream_failed', retryable: true }],
    [{ status: 413 }, { code: 'too_large', param: 'text' }],
    [{ status: 429 }, { code: 'rate_limited', retryAfterMs: undefined }],
    [
      { status: 429, retryAfter: '7' },
      { code: 'rate_limited', retryAfterMs: 7000 },
    ],
    [
      { status: 429, retryAfterMs: 250, retryAfter: '1' },
      { code: 'rate_limited', retryAfterMs: 250 },
    ],
    [
      { status: 429, code: 'insufficient_quota' },
      { code: 'quota_exceeded', retryable: false },
    ],
    [{ status: 500 }, { code: 'upstream_failed', retryable: true }],
    [
      { status: 502, body: '<html>Bad gateway</html>' },
      { code: 'upstream_failed', retryable: true },
    ],
    [{ status: 503 }, { code: 'upstream_failed', retryable: true }],
    [
      { status: 503, retryAfter: '2' },
      { code: 'upstream_failed', retryAfterMs: 2000 },
    ],
    [
      { status: 302, body: '' },
      { code: 'upstream_failed', retryable: false },
    ],
  ];

  it.each(cases)('%o is %o', async (refusal, expected) => {
    upstream.script({ refusal: { message: `Bad: ${TEXT} with ${KEY}`, ...refusal } });
    const { error, parts } = await speak();
    expect(error).toMatchObject({ provider: 'up', ...expected });
    expect(parts).toEqual([]);
    expectNoSecrets(error);
  });

  it('may ask to wait until a date', async () => {
    const inTenSeconds = new Date(Date.now() + 10_000).toUTCString();
    upstream.script({ refusal: { status: 429, retryAfter: inTenSeconds } });
    const { error } = await speak();
    expect(error?.retryAfterMs).toBeGreaterThan(8000);
    expect(error?.retryAfterMs).toBeLessThanOrEqual(10_000);
  });

  it.each([
    ['azure', 404, { code: 'not_found', param: 'model' }],
    ['azure', 401, { code: 'upstream_failed' }],
    ['kokoro', 400, { code: 'invalid_request' }],
    ['kokoro', 422, { code: 'invalid_request', param: 'text' }],
    ['kokoro', 500, { code: 'upstream_failed', retryable: true }],
    ['speaches', 404, { code: 'not_found', param: 'model' }],
    ['openedai', 400, { code: 'invalid_request' }],
    ['groq', 429, { code: 'rate_limited' }],
  ] as const)('is understood in the words of %s: %i', async (dialect, status, expected) => {
    const other = await startUpstream({ dialect });
    const flavour = dialect === 'azure' ? 'azure' : 'openai';
    const base_url = flavour === 'azure' ? other.url : `${other.url}/v1`;
    const theirs = await openProvider(other, { flavour, base_url });
    other.script({ refusal: { status } });
    const { error } = await hear(theirs.speak(testRequest({ voice: 'nova' }), testCall()));
    expect(error).toMatchObject(expected);
    await theirs.close();
    await other.close();
  });
});

describe('an answer that is no speech', () => {
  it.each(['html', 'json-error'] as const)('%s under 200 fails before any part', async (lie) => {
    upstream.script({ lie });
    const { error, parts } = await speak();
    expect(error).toMatchObject({ code: 'upstream_failed', retryable: true, provider: 'up' });
    expect(parts).toEqual([]);
  });

  it('JSON that is labelled as audio is found out', async () => {
    upstream.script({ audio: Buffer.from(`{"error":{"message":"no voice for ${TEXT}"}}`) });
    const { error } = await speak();
    expect(error).toMatchObject({ code: 'upstream_failed', retryable: true });
    expectNoSecrets(error);
  });

  it('an empty 200 is incomplete', async () => {
    upstream.script({ lie: 'empty' });
    expect((await speak()).error).toMatchObject({ code: 'incomplete', retryable: true, provider: 'up' });
  });

  it('a container that nobody reads is refused', async () => {
    upstream.script({ audio: Buffer.concat([Buffer.from('\0\0\0\x20ftypM4A ', 'latin1'), Buffer.alloc(100)]) });
    expect((await speak()).error).toMatchObject({ code: 'upstream_failed' });
  });
});

describe('a connection that breaks', () => {
  const after = (kind: 'cut' | 'reset', framing: 'chunked' | 'length'): Behaviour => {
    return { seconds: 1, framing, fault: { kind, afterBytes: 9600 } };
  };

  it.each([
    after('cut', 'chunked'),
    after('cut', 'length'),
    after('reset', 'chunked'),
    after('reset', 'length'),
    { ...after('cut', 'chunked'), headers: [['connection', 'close']] } as const,
    { ...after('reset', 'chunked'), headers: [['connection', 'close']] } as const,
  ])('%o never completes', async (behaviour) => {
    upstream.script(behaviour);
    const { error, parts } = await speak();
    expect(error).toMatchObject({ code: 'upstream_failed', retryable: true, provider: 'up' });
    expect(parts.some(({ type }) => type === 'complete')).toBe(false);
  });

  it('gives what came before the cut', async () => {
    upstream.script(after('cut', 'chunked'));
    expect((await speak()).audio.length).toBe(9600);
  });

  it('before any answer is tried by nobody here', async () => {
    upstream.script({ fault: { kind: 'reset-before-headers' } });
    expect((await speak()).error).toMatchObject({ code: 'upstream_failed', retryable: true });
    expect(upstream.speeches()).toHaveLength(1);
  });

  it('without any end mark counts as broken', async () => {
    upstream.script({ seconds: 0.2, framing: 'close' });
    expect((await speak()).error).toMatchObject({ code: 'incomplete', retryable: true });
  });

  it('without any end mark is an end where the operator says so', async () => {
    const trusting = await openProvider(upstream, { trust_close: true });
    upstream.script({ seconds: 0.2, framing: 'close' });
    const { parts } = await hear(trusting.speak(testRequest({ voice: 'nova' }), testCall()));
    expect(parts.at(-1)?.type).toBe('complete');
    await trusting.close();
  });

  it('that cannot be opened fails at once', async () => {
    await upstream.close();
    const startedMs = performance.now();
    expect((await speak()).error).toMatchObject({ code: 'upstream_failed', retryable: true, provider: 'up' });
    expect(performance.now() - startedMs).toBeLessThan(500);
  });

  it('that was kept and is closed by the server is replaced without a word', async () => {
    expect((await speak()).error).toBeUndefined();
    upstream.dropConnections();
    expect((await speak()).error).toBeUndefined();
    expect(upstream.stats()).toMatchObject({ connections: 2, completed: 2 });
  });

  it('that is closed just as the next request comes is replaced within the call', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      let first = true;
      socket.on('data', () => {
        if (!first) return socket.end();
        first = false;
        socket.write('HTTP/1.1 200 OK\r\ncontent-type: audio/pcm\r\ncontent-length: 4\r\n\r\n\0\0\x01\0');
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as { port: number };
    const rude = await openProvider({ url: `http://127.0.0.1:${port}` });
    const again = (): Promise<Heard> => hear(rude.speak(testRequest({ voice: 'nova' }), testCall()));
    expect((await again()).error).toBeUndefined();
    expect((await again()).error).toBeUndefined();
    await rude.close();
    server.close();
  });

  it('that answers no head in time is closed', async () => {
    const hasty = await openProvider(upstream, { headers_timeout_ms: 100 });
    upstream.script({ fault: { kind: 'hang-before-headers' } });
    const { error } = await hear(hasty.speak(testRequest({ voice: 'nova' }), testCall()));
    expect(error).toMatchObject({ code: 'upstream_failed', retryable: true });
    expect(await upstream.speeches()[0]!.ended).toBe('left');
    await hasty.close();
  });
});

describe('health', () => {
  it('comes from how the last speeches ended, and costs no request', async () => {
    expect(await provider.health()).toEqual({ state: 'ok' });
    upstream.always({ refusal: { status: 500 } });
    await speak();
    expect(await provider.health()).toMatchObject({ state: 'degraded' });
    await speak();
    await speak();
    const health = await provider.health();
    expect(health).toEqual({ state: 'down', reason: 'up answered with HTTP 500.' });
    upstream.always({});
    await speak();
    expect(await provider.health()).toMatchObject({ state: 'degraded' });
    expect(upstream.requests).toHaveLength(4);
  });

  it('does not suffer from readers that leave', async () => {
    for await (const part of provider.speak(testRequest({ text: TEXT, voice: 'nova' }), testCall())) {
      if (part.type === 'audio') break;
    }
    expect(await provider.health()).toEqual({ state: 'ok' });
  });
});
