import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeTone } from '../../providers/tone/tone-codec.js';
import { decodeWithFfmpeg } from '../support/ffmpeg.js';
import { startGatewayServer, type GatewayServer } from '../support/gateway-server.js';
import { HttpAnswer } from '../conformance/doors/http-answer.js';

// What clients of OpenAI's API send and how they read the answer, as their sources show it.
const INPUT = 'Said to a client of OpenAI.';

let server: GatewayServer;
beforeAll(async () => {
  server = await startGatewayServer({ openai: { models: { 'tts-1': 'default' }, voices: { alloy: 'tone/alto' } } });
});
afterAll(() => server.close());

const speech = (body: object, headers: Record<string, string> = {}): Promise<HttpAnswer> =>
  HttpAnswer.of(`${server.url}/v1/audio/speech`, { method: 'POST', body: { input: INPUT, ...body }, headers });

describe('LiveKit', () => {
  // https://github.com/livekit/agents: everything but tts-1 is asked for by SSE, unknown models too.
  it.each(['gpt-4o-mini-tts', 'tts-9-that-nobody-knows', 'org/some-model'])('asks %s for SSE', async (model) => {
    const answer = await speech({ model, voice: 'ash', response_format: 'mp3', stream_format: 'sse' });
    expect(answer.status).toBe(200);
    expect(String(answer.headers['content-type']).split(';')[0]).toBe('text/event-stream');
    const lines = (await answer.whole()).toString().split('\n');
    const events = lines.filter((line) => line !== '');
    expect(events.filter((line) => !line.startsWith('data: '))).toEqual([]);
    const parsed = events.map((line) => JSON.parse(line.slice(6)) as { type: string; audio?: string; usage?: object });
    expect(parsed.at(-1)).toMatchObject({ type: 'speech.audio.done', usage: { input_tokens: expect.any(Number) } });
    const deltas = parsed.slice(0, -1);
    expect(deltas.every(({ type }) => type === 'speech.audio.delta')).toBe(true);
    const clip = Buffer.concat(deltas.map(({ audio }) => Buffer.from(audio!, 'base64')));
    expect(decodeTone(decodeWithFfmpeg(clip, 'mp3', { sampleRateHz: 24_000 }, 24_000), 24_000)).toBe(INPUT);
  });

  it('warms its connection up with GET /v1/, and speaks over it', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async (method: string, path: string, body?: string): Promise<[number, number | undefined]> => {
      const headers = body === undefined ? {} : { 'content-type': 'application/json' };
      const asked = request(`${server.url}${path}`, { method, agent, headers });
      asked.end(body);
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      const port = asked.socket?.localPort;
      await answer.resume().toArray();
      return [answer.statusCode ?? 0, port];
    };
    const [status, port] = await ask('GET', '/v1/');
    expect(status).toBe(404);
    expect(await ask('POST', '/v1/audio/speech', JSON.stringify({ model: 'tts-1', input: 'x' }))).toEqual([200, port]);
    agent.destroy();
  });
});

describe('LiveKit for JS and Pipecat', () => {
  it('read pcm as 24 kHz mono without a header, whatever the voice', async () => {
    for (const voice of ['alloy', 'tone/phone', 'tone/studio']) {
      const answer = await speech({ model: 'tts-1', voice, response_format: 'pcm' });
      expect(String(answer.headers['content-type'])).toMatch(/^audio\/pcm\b/);
      const pcm = await answer.whole();
      expect(pcm.length % 2).toBe(0);
      expect(pcm.length / 48).toBeCloseTo((INPUT.length + 1) * 60, -1);
      expect(decodeTone(pcm, 24_000)).toBe(INPUT);
    }
  });
});

describe('every client', () => {
  it.each([
    ['mp3', 'audio/mpeg'],
    ['opus', 'audio/ogg'],
    ['aac', 'audio/aac'],
    ['flac', 'audio/flac'],
    ['wav', 'audio/wav'],
    ['pcm', 'audio/pcm;rate=24000'],
    [undefined, 'audio/mpeg'],
  ])('is told the type of %s by its head', async (format, type) => {
    const answer = await speech({ model: 'tts-1', voice: 'alloy', ...(format ? { response_format: format } : {}) });
    expect(answer.headers['content-type']).toBe(type);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-cache', 'x-accel-buffering': 'no' });
    expect((await answer.whole()).length).toBeGreaterThan(0);
  });

  it.each([
    ['an empty bearer (SillyTavern)', { authorization: 'Bearer ' }],
    ['a bearer without anything', { authorization: 'Bearer' }],
    ['any key', { authorization: 'Bearer sk-none', 'x-stainless-lang': 'js', 'x-stainless-retry-count': '0' }],
    ['another header', { 'api-key': 'x', 'xi-api-key': 'y', 'x-openwebui-user-id': '1' }],
    ['an Accept that is not audio (OpenAI)', { accept: 'application/octet-stream' }],
  ])('may send %s', async (_what, headers) => {
    const body = { model: 'tts-1', voice: 'alloy', response_format: 'mp3', speed: 1, lang_code: 'a', stream: true };
    const answer = await speech(body, headers);
    expect(answer.status).toBe(200);
    expect(answer.headers['x-tts-warnings']).toContain('lang_code');
    await answer.whole();
  });

  it('may always send instructions (Home Assistant)', async () => {
    const answer = await speech({ model: 'tts-1', voice: 'nova', instructions: 'None', speed: 1.25 });
    expect(answer.status).toBe(200);
    await answer.whole();
  });
});

describe('Open WebUI', () => {
  it.each([{}, { authorization: 'Bearer ' }])('lists models and voices with %j', async (headers) => {
    const list = async (path: string) => (await HttpAnswer.of(`${server.url}${path}`, { headers })).json();
    const ids = (listed: unknown) => (listed as { id: string }[]).map(({ id }) => id);
    const models = await list('/v1/audio/models');
    expect(ids(models['models'])).toContain('tts-1');
    expect(ids(models['data'])).toEqual(ids(models['models']));
    expect(ids((await list('/v1/models'))['data'])).toContain('tts-1');
    const { voices } = await list('/v1/audio/voices');
    expect(ids(voices)).toEqual(expect.arrayContaining(['alloy', 'tone/sine']));
    // What it lists can be asked for.
    for (const voice of ids(voices).slice(0, 3)) {
      const answer = await speech({ model: 'tts-1', voice });
      expect(answer.status).toBe(200);
      await answer.whole();
    }
  });

  it('finds the reason of a refusal where it looks for it', async () => {
    const answer = await speech({ model: 'tts-1', voice: 'tone/nobody' });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({
      error: { message: expect.stringContaining('nobody'), param: 'voice' },
    });
  });
});
