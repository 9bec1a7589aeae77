import { once } from 'node:events';
import { connect } from 'node:net';
import OpenAI, { AzureOpenAI } from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { decodeTone } from '../../providers/tone/tone-codec.js';
import { decodeWithFfmpeg, probe } from '../support/ffmpeg.js';
import { benchAudio, benchAudioMatches, benchBytes } from './bench-audio.js';
import { readModelWords } from './model-words.js';
import { startUpstream, type Upstream } from './start-upstream.js';
import type { UpstreamOptions } from './upstream-options.js';

const KEY = 'sk-test-key-one';
const TEXT = 'Hello there.';
let upstream: Upstream;

async function open(options: UpstreamOptions = {}, more: { maxRetries?: number } = {}): Promise<OpenAI> {
  upstream = await startUpstream({ keys: [KEY], ...options });
  return new OpenAI({ apiKey: KEY, baseURL: `${upstream.url}/v1`, maxRetries: 0, ...more });
}

afterEach(() => upstream.close());

const speech = (more: object = {}): OpenAI.Audio.SpeechCreateParams => ({
  model: 'gpt-4o-mini-tts',
  voice: 'alloy',
  input: TEXT,
  ...more,
});

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

describe('the official openai client', () => {
  it('reads a pcm clip whose audio says the text', async () => {
    const client = await open();
    const response = await client.audio.speech.create(speech({ response_format: 'pcm', instructions: 'Calm.' }));
    expect(response.headers.get('content-type')).toBe('audio/pcm');
    expect(response.headers.get('transfer-encoding')).toBe('chunked');
    expect(decodeTone(await bytesOf(response), 24_000)).toBe(TEXT);
    expect(upstream.speeches()[0]?.json).toMatchObject({ input: TEXT, instructions: 'Calm.' });
  });

  it('gets audio while it is still being made', async () => {
    const client = await open();
    upstream.script({ ttfbMs: 60, chunkBytes: 4800, everyMs: 40 });
    const startedMs = performance.now();
    const response = await client.audio.speech.create(speech({ response_format: 'pcm' }));
    const arrivals: number[] = [];
    for await (const _ of response.body as unknown as AsyncIterable<Uint8Array>) arrivals.push(performance.now());
    expect(arrivals[0]! - startedMs).toBeGreaterThanOrEqual(58);
    expect(arrivals.length).toBeGreaterThan(4);
    expect(arrivals.at(-1)! - arrivals[0]!).toBeGreaterThan(150);
  });

  it('reads server-sent events', async () => {
    const client = await open();
    const response = await client.audio.speech.create(speech({ response_format: 'pcm', stream_format: 'sse' }));
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const events = (await response.text())
      .split('\n\n')
      .filter((event) => event !== '')
      .map((event) => JSON.parse(event.slice('data: '.length)) as { type: string; audio?: string });
    const audio = events.flatMap(({ type, audio: data }) => (type === 'speech.audio.delta' ? [data!] : []));
    expect(decodeTone(Buffer.concat(audio.map((data) => Buffer.from(data, 'base64'))), 24_000)).toBe(TEXT);
    expect(events.at(-1)).toMatchObject({ type: 'speech.audio.done', usage: { total_tokens: expect.any(Number) } });
  });

  it.each(['mp3', 'opus', 'aac', 'flac', 'wav'] as const)('gets real %s', async (format) => {
    const client = await open();
    const bytes = await bytesOf(await client.audio.speech.create(speech({ response_format: format })));
    expect(probe(bytes).codec).toBe(format === 'wav' ? 'pcm_s16le' : format);
    if (format === 'wav') {
      expect(bytes.readUInt32LE(4)).toBe(0xffffffff);
      expect(bytes.readUInt32LE(40)).toBe(0xffffffff);
    }
    expect(decodeTone(decodeWithFfmpeg(bytes, format, { sampleRateHz: 24_000 }, 24_000), 24_000)).toContain(
      'ello ther',
    );
  });

  it('lists models and finds one', async () => {
    const client = await open({ models: ['tts-1', 'other/model'] });
    const names: string[] = [];
    for await (const { id } of client.models.list()) names.push(id);
    expect(names).toEqual(['tts-1', 'other/model']);
    await expect(client.models.retrieve('other/model')).resolves.toMatchObject({ object: 'model' });
  });

  it('meets the error classes of the real server', async () => {
    const client = await open({ models: ['tts-1'], voices: ['alloy'] });
    const failing = (more: object) => client.audio.speech.create(speech({ model: 'tts-1', ...more }));
    await expect(failing({ made_up: 1 })).rejects.toMatchObject({
      status: 400,
      code: 'unknown_parameter',
      param: 'made_up',
    });
    await expect(failing({ input: 'x'.repeat(4097) })).rejects.toMatchObject({
      status: 400,
      code: 'string_above_max_length',
    });
    await expect(failing({ voice: 'nobody' })).rejects.toMatchObject({ status: 400, param: 'voice' });
    await expect(failing({ model: 'gpt-9' })).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
    await expect(failing({ stream_format: 'sse' })).rejects.toMatchObject({ status: 400, param: 'stream_format' });
    const stranger = new OpenAI({ apiKey: 'sk-wrong', baseURL: `${upstream.url}/v1`, maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  });

  it('retries what it should and honours retry-after-ms', async () => {
    const client = await open({}, { maxRetries: 1 });
    upstream.script({ refusal: { status: 429, retryAfterMs: 30 } });
    const response = await client.audio.speech.create(speech({ response_format: 'pcm' }));
    expect(decodeTone(await bytesOf(response), 24_000)).toBe(TEXT);
    const [first, second] = upstream.speeches();
    expect(second!.atMs - first!.atMs).toBeGreaterThanOrEqual(25);
  });

  it('posts to an Azure deployment', async () => {
    await open({ dialect: 'azure' });
    const options = { apiKey: KEY, endpoint: upstream.url, apiVersion: '2025-03-01-preview', maxRetries: 0 };
    const client = new AzureOpenAI(options);
    const response = await client.audio.speech.create(speech({ model: 'tts', response_format: 'pcm' }));
    expect(decodeTone(await bytesOf(response), 24_000)).toBe(TEXT);
    expect(upstream.speeches()[0]?.target).toBe('/openai/deployments/tts/audio/speech?api-version=2025-03-01-preview');
  });
});

describe('faults on the wire', () => {
  const post = (words: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${upstream.url}/v1/audio/speech`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
      body: JSON.stringify({ model: `fake-${words}`, voice: 'alloy', input: TEXT, response_format: 'pcm' }),
      ...init,
    });

  it.each(['trunc9600', 'trunc9600-len', 'reset9600', 'reset9600-len'])('%s breaks the body off', async (words) => {
    await open();
    const response = await post(`sec1-${words}`);
    await expect(response.arrayBuffer()).rejects.toThrow('terminated');
    expect(upstream.speeches()[0]).toMatchObject({ outcome: 'failed', audioBytes: 9600 });
  });

  it('short9600 ends properly, too early', async () => {
    await open();
    expect((await bytesOf(await post('sec1-short9600'))).equals(benchAudio(0, 0, 9600))).toBe(true);
  });

  it.each(['hang', 'mute', 'stall4800-sec1'])('%s waits until the peer leaves, and sees when', async (words) => {
    await open();
    const leave = new AbortController();
    const reading = post(words, { signal: leave.signal }).then(bytesOf);
    reading.catch(() => {}); // judged below
    const request = await upstream.arrival(0);
    setTimeout(() => leave.abort(), 50);
    await expect(reading).rejects.toThrow('aborted');
    expect(await request.ended).toBe('left');
    expect(upstream.stats()).toMatchObject({ active: 0, left: 1 });
  });

  it('sends bench audio whose every byte can be told', async () => {
    await open();
    const bytes = await bytesOf(await post('sec41-seed7-len'));
    expect(bytes.length).toBe(benchBytes(41));
    expect(benchAudioMatches(7, 0, bytes)).toBe(true);
    expect(benchAudioMatches(8, 0, bytes.subarray(0, 100))).toBe(false);
  });

  it('floods only as fast as the peer takes it', async () => {
    await open();
    const response = await post('flood');
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();
    expect(await upstream.speeches()[0]!.ended).toBe('left');
  });

  it('splits events at every byte', async () => {
    await open();
    upstream.script({ sse: { splitBytes: 1, crlf: true, eventLines: true, sentinel: true, usage: 'token_usage' } });
    const response = await post('x', {
      body: JSON.stringify({ ...speech(), response_format: 'pcm', stream_format: 'sse' }),
    });
    const text = await response.text();
    expect(text).toContain('event: speech.audio.delta\r\ndata: {');
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('answers pipelined requests in order', async () => {
    await open({ keys: [KEY] });
    const socket = connect(upstream.port, '127.0.0.1');
    const one = `GET /v1/models/tts-1 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\n\r\n`;
    socket.write(`${one}${one.replace('tts-1', 'nothing')}`);
    let answer = '';
    while (!answer.includes('404')) answer += String((await once(socket, 'data'))[0]);
    socket.destroy();
    expect(answer.indexOf('200 OK')).toBeLessThan(answer.indexOf('404 Not Found'));
  });

  it('refuses words it does not know', () => {
    expect(() => readModelWords('fake-nonsense3')).toThrow('nonsense3');
    expect(readModelWords('tts-1')).toBeUndefined();
  });
});

describe('the WebSocket', () => {
  async function say(model: string): Promise<{ audio: Buffer; texts: string[]; code: number }> {
    const socket = new WebSocket(`${upstream.wsUrl}/v1/audio/stream`);
    const [audio, texts]: [Buffer[], string[]] = [[], []];
    socket.on('message', (data: Buffer, binary) => (binary ? audio.push(data) : texts.push(String(data))));
    await once(socket, 'open');
    socket.send(JSON.stringify({ model, input: TEXT }));
    const [code] = (await once(socket, 'close')) as [number];
    return { audio: Buffer.concat(audio), texts, code };
  }

  it('speaks', async () => {
    await open();
    const { audio, texts, code } = await say('any');
    expect(decodeTone(audio, 24_000)).toBe(TEXT);
    expect([texts, code]).toEqual([['{"type":"done"}'], 1000]);
  });

  it('breaks off without a close frame', async () => {
    await open();
    const { audio, texts, code } = await say('fake-sec1-trunc4800');
    expect([audio.length, texts, code]).toEqual([4800, [], 1006]);
  });

  it('refuses the handshake', async () => {
    await open();
    upstream.script({ refusal: { status: 429, retryAfter: '3' } });
    const socket = new WebSocket(`${upstream.wsUrl}/v1/audio/stream`);
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('429');
  });
});
