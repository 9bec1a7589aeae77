import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGatewayServer, TONE_CONFIG, type GatewayServer } from '../support/gateway-server.js';
import { withFault } from '../support/tone.js';
import { HttpAnswer } from '../conformance/doors/http-answer.js';

let server: GatewayServer;
beforeAll(async () => {
  server = await startGatewayServer();
});
afterAll(() => server.close());

const ask = (path: string, headers: Record<string, string> = {}) => HttpAnswer.of(`${server.url}${path}`, { headers });

interface OpenapiPage {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

describe('/openapi.json', () => {
  it('is valid OpenAPI', async () => {
    const page = await (await ask('/openapi.json')).json();
    expect(page['openapi']).toBe('3.1.0');
    const { valid, errors } = await new Validator().validate(page);
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  });

  it('covers every route of the server, and no other', async () => {
    const page = (await (await ask('/openapi.json')).json()) as unknown as OpenapiPage;
    const documented = Object.entries(page.paths).flatMap(([path, methods]) =>
      Object.keys(methods).flatMap((method) =>
        method === 'parameters' ? [] : [`${method.toUpperCase()} ${path.replace(/\{\w+\}/g, '{}')}`],
      ),
    );
    expect(documented.sort()).toEqual(routes(server).sort());
  });

  it('names every field of a request', async () => {
    const { components } = (await (await ask('/openapi.json')).json()) as unknown as {
      components: { schemas: Record<string, { properties: object }> };
    };
    const fields = Object.keys(components.schemas['SpeechRequest']?.properties ?? {});
    expect(fields).toEqual(expect.arrayContaining(['text', 'ssml', 'voice', 'target_format', 'speed', 'deadline_ms']));
    expect(Object.keys(components.schemas['OpenAISpeechRequest']?.properties ?? {})).toContain('stream_format');
  });

  it('is not sent again to a client that has it', async () => {
    const etag = String((await ask('/openapi.json')).headers['etag']);
    expect((await ask('/openapi.json', { 'if-none-match': etag })).status).toBe(304);
  });
});

it('/docs loads, with everything it needs from this server', async () => {
  const page = await ask('/docs');
  expect(page.headers['content-type']).toContain('text/html');
  const html = (await page.whole()).toString();
  const needed = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
  expect(needed.length).toBeGreaterThan(2);
  for (const path of needed) {
    const asset = await HttpAnswer.of(new URL(path, `${server.url}/docs`).href);
    expect([asset.status, path]).toEqual([200, path]);
    expect((await asset.whole()).length).toBeGreaterThan(100);
  }
  expect((await ask('/docs/package.json')).status).toBe(404);
});

describe('probes', () => {
  it('say that it is alive, ready and well', async () => {
    expect(await (await ask('/healthz')).json()).toEqual({ status: 'ok' });
    expect(await (await ask('/readyz')).json()).toEqual({ status: 'ok' });
    expect(await (await ask('/health')).json()).toMatchObject({
      status: 'ok',
      model_loaded: expect.any(Boolean),
      device: 'cpu',
      uptime_seconds: expect.any(Number),
      providers: [{ id: 'tone', type: 'tone', state: 'ok' }],
    });
  });

  it('never pay for synthesis', async () => {
    const before = server.watch.calls.length;
    for (const path of ['/healthz', '/readyz', '/health', '/metrics']) await (await ask(path)).whole();
    expect(server.watch.calls.length).toBe(before);
  });

  it('say why it is not ready', async () => {
    const providers = { tone: { type: 'tone' }, off: { type: 'tone', enabled: false } };
    const targets = [{ voice: 'off/sine' }];
    const unready = await startGatewayServer({ ...TONE_CONFIG, providers, routes: { default: { targets } } });
    try {
      const answer = await HttpAnswer.of(`${unready.url}/readyz`);
      expect(answer.status).toBe(503);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(await answer.json()).toMatchObject({ status: 'unready', reason: expect.stringContaining('off') });
      const health = await (await HttpAnswer.of(`${unready.url}/health`)).json();
      expect(health).toMatchObject({
        status: 'down',
        providers: [
          { id: 'tone', state: 'ok' },
          { id: 'off', state: 'down' },
        ],
      });
      expect((await HttpAnswer.of(`${unready.url}/healthz`)).status).toBe(200);
    } finally {
      await unready.close();
    }
  });
});

describe('/metrics', () => {
  const scrape = async () => (await (await ask('/metrics')).whole()).toString();
  const value = (text: string, name: string, labels: string) =>
    Number(new RegExp(`^${name}\\{${labels}\\} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);

  it('have the names that the contract gives them', async () => {
    const text = await scrape();
    const names = ['tts_requests_total', 'tts_first_audio_seconds', 'tts_latency_seconds', 'tts_active_speeches']
      .concat(['tts_audio_seconds_total', 'tts_characters_total', 'tts_queue_depth', 'tts_queue_wait_seconds'])
      .concat(['tts_host_restarts_total', 'tts_client_stalls_total', 'process_cpu_seconds_total'])
      .concat(['nodejs_eventloop_lag_seconds', 'nodejs_eventloop_lag_p99_seconds', 'nodejs_heap_size_used_bytes']);
    for (const name of names) expect(text).toMatch(new RegExp(`^# TYPE ${name} `, 'm'));
  });

  it('count by provider, transport and outcome', async () => {
    const ended = (outcome: string) => `provider="tone",transport="rest",outcome="${outcome}"`;
    const before = await scrape();
    const text = 'Counted once.';
    await (await HttpAnswer.of(`${server.url}/synthesize`, { method: 'POST', body: { text } })).whole();
    const failing = withFault('Counted as failed.', { fail_before: true });
    await (await HttpAnswer.of(`${server.url}/synthesize`, { method: 'POST', body: failing })).whole();
    const after = await scrape();
    const grew = (name: string, labels: string) => value(after, name, labels) - value(before, name, labels);
    expect(grew('tts_requests_total', ended('complete'))).toBe(1);
    expect(grew('tts_requests_total', ended('upstream_failed'))).toBe(1);
    expect(grew('tts_first_audio_seconds_count', ended('complete'))).toBe(1);
    expect(grew('tts_latency_seconds_count', ended('complete'))).toBe(1);
    expect(grew('tts_characters_total', 'provider="tone"')).toBe(text.length + failing.text.length);
    expect(grew('tts_audio_seconds_total', 'provider="tone"')).toBeGreaterThan(0.1);
    expect(after).toMatch(/^tts_active_speeches 0$/m);
  });
});

/** Routes a program may call, as the router has them; pages for people are not part of the API. */
function routes({ app }: GatewayServer): string[] {
  const pages = /^\/(docs.*|openapi\.json|:name.*|)$/;
  const tree = app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
  const parents: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const found = /^([│ ]*)[├└]── (\S*) \(([A-Z, ]+)\)/u.exec(line);
    if (!found) return [];
    const [, indent, own, methods] = found as unknown as [string, string, string, string];
    const depth = indent.length / 4;
    parents.length = depth;
    const path = parents.join('') + own;
    parents.push(own);
    if (pages.test(path)) return [];
    return methods.split(', ').flatMap((method) => (/HEAD|OPTIONS/.test(method) ? [] : named(method, path)));
  });
}

/** As the page writes it; a voice id may hold slashes, so one wildcard serves the voice and its sample. */
function named(method: string, path: string): string[] {
  const plain = `${method} ${path.replace(/:\w+/g, '{}')}`;
  const voices = ['/{}/{}', '/{}/{}/preview'];
  return plain.endsWith('*') ? voices.map((voice) => plain.replace(/\/?\*$/, voice)) : [plain];
}
