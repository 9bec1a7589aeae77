import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGatewayServer, TONE_CONFIG, type GatewayServer } from '../support/gateway-server.js';
import { HttpAnswer } from '../conformance/doors/http-answer.js';

interface Voice {
  readonly id: string;
  readonly provider: string;
  readonly languages: readonly string[];
  readonly gender: string | null;
}
interface Page {
  readonly voices: readonly Voice[];
  readonly next_cursor: string | null;
  readonly stale: readonly string[];
}

let server: GatewayServer;
beforeAll(async () => {
  const providers = { tone: { type: 'tone' }, espeak: { type: 'espeak' }, second: { type: 'tone' } };
  server = await startGatewayServer({ ...TONE_CONFIG, providers });
});
afterAll(() => server.close());

const ask = (query = '', headers: Record<string, string> = {}) =>
  HttpAnswer.of(`${server.url}/v1/voices${query}`, { headers });
const page = async (query = '') => (await (await ask(query)).json()) as unknown as Page;
const ids = (voices: readonly Voice[]) => voices.map(({ id }) => id);

it('lists every voice of every provider, each with all its fields', async () => {
  const { voices, stale } = await page();
  expect(stale).toEqual([]);
  expect(new Set(voices.map(({ provider }) => provider))).toEqual(new Set(['tone', 'espeak', 'second']));
  expect(new Set(ids(voices)).size).toBe(voices.length);
  expect(voices.length).toBeGreaterThan(100);
  for (const voice of voices) {
    expect(Object.keys(voice).sort()).toEqual(
      ['id', 'provider', 'name', 'languages', 'gender', 'description', 'styles', 'native_format', 'sample_rate_hz']
        .concat(['streaming', 'text_streaming', 'timings', 'ssml', 'available', 'reason'])
        .sort(),
    );
    expect(voice.id.startsWith(`${voice.provider}/`)).toBe(true);
    expect(voice.languages.length).toBeGreaterThan(0);
  }
});

it('filters by provider, language prefix, gender and text', async () => {
  const { voices: all } = await page();
  const english = await page('?language=en');
  expect(ids(english.voices)).toEqual(
    ids(all.filter(({ languages }) => languages.some((tag) => /^en(-|$)/i.test(tag)))),
  );
  expect(ids(english.voices)).toContain('espeak/en-gb');
  expect((await page('?language=e')).voices).toEqual([]);
  expect((await page('?provider=second')).voices.every(({ provider }) => provider === 'second')).toBe(true);
  expect((await page('?provider=nobody')).voices).toEqual([]);
  const female = await page('?provider=espeak&gender=female');
  expect(female.voices.every(({ gender }) => gender === 'female')).toBe(true);
  expect(ids((await page('?q=ESPEAK/EN-GB')).voices)).toContain('espeak/en-gb');
});

it.each(['limit=0', 'limit=1001', 'limit=x', 'gender=robot', 'cursor=bm9uZQ', 'cursor=%00', 'colour=red'])(
  'refuses ?%s by name',
  async (query) => {
    const answer = await ask(`?${query}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: 'invalid_request', param: query.split('=')[0] } });
  },
);

it.each([1, 7, 50])('is walked in pages of %s without a gap or a repeat', async (limit) => {
  const filter = 'language=en';
  const { voices: all } = await page(`?${filter}`);
  const walked: Voice[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const next: Page = await page(`?${filter}&limit=${limit}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    expect(next.voices.length).toBeLessThanOrEqual(limit);
    walked.push(...next.voices);
    cursor = next.next_cursor;
  }
  expect(ids(walked)).toEqual(ids(all));
});

it('is not sent again to a client that has it', async () => {
  const etag = String((await ask('?provider=tone')).headers['etag']);
  expect((await ask('?provider=tone', { 'if-none-match': etag })).status).toBe(304);
  expect((await ask('?provider=second', { 'if-none-match': etag })).status).toBe(200);
});

it('shows one voice, and knows when there is none', async () => {
  const one = await HttpAnswer.of(`${server.url}/v1/voices/espeak/en-us`);
  expect(await one.json()).toMatchObject({ id: 'espeak/en-us', provider: 'espeak', available: true, reason: null });
  const variant = await HttpAnswer.of(`${server.url}/v1/voices/espeak/${encodeURIComponent('en-us+f3')}`);
  expect(await variant.json()).toMatchObject({ id: 'espeak/en-us+f3' });
  for (const path of ['tone/nobody', 'nobody/here', 'tone', 'tone/nobody/preview', '%00', '%2e%2e/x']) {
    const answer = await HttpAnswer.of(`${server.url}/v1/voices/${path}`);
    expect([answer.status, path]).toEqual([404, path]);
    expect(await answer.json()).toMatchObject({ error: { code: 'not_found' } });
  }
});

it('a sample is spoken once, shared by those who wait, and cached', async () => {
  const url = `${server.url}/v1/voices/tone/sine/preview`;
  const before = server.watch.calls.length;
  const [first, second] = await Promise.all([HttpAnswer.of(url), HttpAnswer.of(url)]);
  expect(first.headers['content-type']).toBe('audio/mpeg');
  const [clip, same] = await Promise.all([first.whole(), second.whole()]);
  expect(clip.length).toBeGreaterThan(1000);
  expect(same.equals(clip)).toBe(true);
  expect((await (await HttpAnswer.of(url)).whole()).equals(clip)).toBe(true);
  const calls = server.watch.calls.slice(before);
  expect(new Set(calls.map(({ sessionId }) => sessionId)).size).toBe(1);
  const etag = String(first.headers['etag']);
  expect((await HttpAnswer.of(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
});
