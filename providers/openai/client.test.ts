import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/core/call-context.js';
import type { Provider } from '../../src/core/provider.js';
import type { SpeechRequest } from '../../src/core/speech-request.js';
import { startUpstream, type Upstream } from '../../test/upstream/start-upstream.js';
import type { UpstreamOptions } from '../../test/upstream/upstream-options.js';
import { testCall, testRequest } from '../../test/support/speech-parts.js';
import { hear, openProvider, type Heard } from './fixtures/open-provider.js';
import definition from './index.js';

let upstream: Upstream;
let provider: Provider;
const alerts: object[] = [];

async function open(server: UpstreamOptions = {}, options: object = {}): Promise<void> {
  upstream = await startUpstream(server);
  alerts.length = 0;
  provider = await openProvider(upstream, options, { ...silentLog, error: (fields) => void alerts.push(fields) });
}

afterEach(async () => {
  await provider.close();
  await upstream.close();
});

const speak = (more: Partial<SpeechRequest> = {}): Promise<Heard> =>
  hear(provider.speak(testRequest({ voice: 'nova', ...more }), testCall()));

const keysUsed = (): (string | undefined)[] =>
  upstream.speeches().map(({ headers }) => headers['authorization']?.slice(7));

describe('keys', () => {
  it('take turns', async () => {
    await open({ keys: ['a', 'b'] }, { api_keys: ['a', 'b'] });
    for (let i = 0; i < 4; i += 1) expect((await speak()).error).toBeUndefined();
    expect(keysUsed()).toEqual(['a', 'b', 'a', 'b']);
  });

  it('that are refused give way within the call, sit out, and are reported', async () => {
    await open({ keys: ['good'] }, { api_keys: ['bad', 'good'] });
    for (let i = 0; i < 3; i += 1) expect((await speak()).error).toBeUndefined();
    expect(keysUsed()).toEqual(['bad', 'good', 'good', 'good']);
    expect(alerts).toEqual([{ provider: 'up', status: 401 }]);
  });

  it('that are limited give way until they may be used again', async () => {
    await open({}, { api_keys: ['a', 'b'] });
    upstream.script({ refusal: { status: 429, retryAfterMs: 150 } });
    expect((await speak()).error).toBeUndefined();
    await speak();
    expect(keysUsed()).toEqual(['a', 'b', 'b']);
    await setTimeout(160);
    await speak();
    expect(keysUsed().at(-1)).toBe('a');
  });

  it('that are all refused end in one error, and each is tried once', async () => {
    await open({ keys: ['other'] }, { api_keys: ['a', 'b', 'c'] });
    expect((await speak()).error).toMatchObject({ code: 'upstream_failed', retryable: false });
    expect(keysUsed()).toEqual(['a', 'b', 'c']);
  });

  it('may be absent', async () => {
    await open({}, { api_keys: [''] });
    expect((await speak()).error).toBeUndefined();
    expect(upstream.speeches()[0]?.headers).not.toHaveProperty('authorization');
  });

  it('are wanted for a cloud and not for a server of one’s own', () => {
    const why = (given: object): string | undefined => definition.unavailable?.(definition.options.parse(given));
    expect(why({})).toContain('api_keys');
    expect(why({ api_keys: ['sk-1'] })).toBeUndefined();
    expect(why({ base_url: 'http://localhost:8880/v1' })).toBeUndefined();
  });
});

describe('addresses and headers', () => {
  it('are those of OpenAI', async () => {
    await open({}, { api_keys: ['k'], organization: 'org-1', project: 'proj-1', headers: { 'x-team': 'voice' } });
    await speak();
    const [request] = upstream.speeches();
    expect(request?.target).toBe('/v1/audio/speech');
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer k',
      'content-type': 'application/json',
      'openai-organization': 'org-1',
      'openai-project': 'proj-1',
      'x-team': 'voice',
    });
  });

  it('are those of an Azure deployment', async () => {
    upstream = await startUpstream({ dialect: 'azure', keys: ['k'] });
    const deployments = { 'tts-1': 'our tts' };
    provider = await openProvider(upstream, { base_url: upstream.url, flavour: 'azure', api_keys: ['k'], deployments });
    expect((await speak({ model: 'tts-1', voice: 'alloy' })).error).toBeUndefined();
    const path = '/openai/deployments/our%20tts/audio/speech?api-version=2025-03-01-preview';
    expect(upstream.speeches()[0]?.target).toBe(path);
    expect(upstream.speeches()[0]?.headers).not.toHaveProperty('authorization');
  });

  it('carry the fields of a server of its own kind', async () => {
    await open({ dialect: 'kokoro' }, { extra_body: { lang_code: 'f' } });
    expect((await speak({ voice: 'af_bella(2)+af_sky(1)' })).error).toBeUndefined();
    expect(upstream.speeches()[0]?.json).toMatchObject({ lang_code: 'f', voice: 'af_bella(2)+af_sky(1)' });
  });
});

describe('connections', () => {
  it('are opened before the first speech', async () => {
    await open({}, { prewarm: true });
    await (
      await upstream.arrival(0)
    ).ended;
    await setTimeout(30); // the answer has left the server; here it has to arrive
    await speak();
    expect(upstream.requests.map(({ target, connection }) => [target, connection])).toEqual([
      ['/v1/models', 1],
      ['/v1/audio/speech', 1],
    ]);
  });

  it('are as many as there are speeches', async () => {
    await open();
    upstream.always({ seconds: 0.2, ttfbMs: 50 });
    await Promise.all(Array.from({ length: 20 }, () => speak()));
    expect(upstream.stats()).toMatchObject({ peakActive: 20, connections: 20 });
  });

  it('are never more than the operator allows', async () => {
    await open({}, { connections: 2 });
    upstream.always({ seconds: 0.1, ttfbMs: 10 });
    const all = await Promise.all(Array.from({ length: 6 }, () => speak()));
    expect(all.every(({ error }) => error === undefined)).toBe(true);
    expect(upstream.stats()).toMatchObject({ peakActive: 2, connections: 2, completed: 6 });
  });

  it('are renewed after a while, without touching a running speech', async () => {
    await open({}, { dns_refresh_ms: 1000 });
    upstream.script({ seconds: 1.4, chunkBytes: 4800, everyMs: 100 });
    const long = speak();
    await setTimeout(1100);
    await speak();
    await upstream.arrival(2); // the new connection is warmed
    await upstream.requests.find(({ target }) => target === '/v1/models')!.ended;
    expect((await long).error).toBeUndefined();
    await speak();
    const [first, , last] = upstream.speeches();
    expect(last?.connection).not.toBe(first?.connection);
  });
});

describe('models', () => {
  it('may be named by a pattern, in the request or in its options', async () => {
    await open({}, { models: ['kokoro', 'fake-*'] });
    await speak();
    await speak({ model: 'fake-sec0.1' });
    await speak({ providerOptions: { openai: { model: 'fake-sec0.2' } } });
    expect(upstream.speeches().map(({ json }) => json?.['model'])).toEqual(['kokoro', 'fake-sec0.1', 'fake-sec0.2']);
  });

  it('that are not the server’s are refused without asking it', async () => {
    await open({}, { models: ['kokoro'] });
    expect((await speak({ model: 'gpt-9' })).error).toMatchObject({ code: 'not_found', param: 'model' });
    expect(upstream.requests).toHaveLength(0);
  });
});

describe('what is refused without asking', () => {
  it.each([
    [
      { providerOptions: { openai: { made_up: 1 } } },
      { code: 'invalid_request', param: 'provider_options.openai.made_up' },
    ],
    [
      { providerOptions: { openai: { model: 3 } } },
      { code: 'invalid_request', param: 'provider_options.openai.model' },
    ],
    [{ markup: 'ssml' as const }, { code: 'unsupported', param: 'ssml' }],
    [{ language: 'xx' }, { code: 'unsupported', param: 'language' }],
    [{ voice: 'nobody' }, { code: 'not_found', param: 'voice' }],
  ])('%o', async (request, expected) => {
    await open({}, { voices: ['nova'] });
    expect((await speak(request)).error).toMatchObject(expected);
    expect(upstream.requests).toHaveLength(0);
  });
});
