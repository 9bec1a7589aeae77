import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGatewayServer, TONE_CONFIG, type GatewayServer } from '../support/gateway-server.js';
import { HttpAnswer } from '../conformance/doors/http-answer.js';

let server: GatewayServer;
beforeAll(async () => {
  const openai = { models: { 'tts-1': 'default', 'fake-*': 'tone' }, voices: { alloy: 'tone/sine' } };
  server = await startGatewayServer({ ...TONE_CONFIG, openai });
});
afterAll(() => server.close());

const json = async (path: string) => (await HttpAnswer.of(`${server.url}${path}`)).json();

it('lists models for the official client', async () => {
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none' });
  const models = [];
  for await (const model of client.models.list()) models.push(model);
  expect(models.map(({ id }) => id)).toEqual(['tts-1', 'tone']);
  expect(models[0]).toMatchObject({ object: 'model', owned_by: 'tts-gateway' });
  expect(await client.models.retrieve('tts-1')).toMatchObject({ id: 'tts-1' });
  await expect(client.models.retrieve('gpt-9')).rejects.toMatchObject({ status: 404, code: 'not_found' });
});

it('lists models and voices as Open WebUI asks for them', async () => {
  expect(await json('/v1/audio/models')).toMatchObject({ models: [{ id: 'tts-1' }, { id: 'tone' }] });
  const { voices } = (await json('/v1/audio/voices')) as unknown as { voices: { id: string; name: string }[] };
  expect(voices.map(({ id }) => id)).toEqual(expect.arrayContaining(['alloy', 'default', 'tone/sine']));
  expect(voices.every(({ name }) => name !== '')).toBe(true);
});

it.each([
  ['an alias', { voice: 'alloy' }],
  ['the object form', { voice: { id: 'alloy' } }],
  ['a route', { voice: 'default' }],
  ['a full voice id', { voice: 'tone/sine' }],
  ['a model of a prefix', { model: 'fake-9', voice: 'sine' }],
  ['a provider as model', { model: 'tone', voice: 'sine' }],
  ['nothing', {}],
])('resolves %s', async (_what, named) => {
  const body = { model: 'tts-1', input: 'Who speaks?', response_format: 'pcm', ...named };
  const answer = await HttpAnswer.of(`${server.url}/v1/audio/speech`, { method: 'POST', body });
  expect((await answer.orRefused()).headers['x-tts-voice']).toBe('tone/sine');
  expect((await answer.whole()).length).toBeGreaterThan(0);
});
