import fc from 'fast-check';
import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { segmentText } from '../../src/text/segment-text.js';
import { startGatewayServer, type GatewayServer } from '../support/gateway-server.js';
import { SocketClient } from '../support/socket-client.js';
import { decodeTone } from '../support/tone.js';
import { overSocketio, overSynthesize, type WriteText } from '../support/written-speech.js';
import { ask, connectSocket, nextEvent } from '../conformance/doors/socketio-door.js';
import { read } from '../conformance/doors/websocket-doors.js';

/** Long enough for no test to meet it by chance. */
const IDLE_MS = 20_000;

let server: GatewayServer;
let socket: Socket;
beforeAll(async () => {
  server = await startGatewayServer({
    providers: { tone: { type: 'tone', character_ms: 40 } },
    routes: { default: { targets: [{ voice: 'tone/sine' }] } },
    limits: { text_idle_ms: IDLE_MS, max_characters: 500 },
  });
  await server.gateway.voices.list();
  socket = await connectSocket(server.url);
});
afterAll(async () => {
  socket.disconnect();
  await server.close();
});

const DOORS: readonly [name: string, write: () => WriteText][] = [
  ['/ws/synthesize', () => overSynthesize(server.url)],
  ['socket.io', () => overSocketio(socket)],
];

const PIECES = [
  ['Hello', 'world', 'she', 'Dr', 'e.g', 'U.S', 'The', '3.5', '10:30', '$5', 'a@b.c'],
  ['.', '. ', '! ', '? ', '... ', ', ', '; ', ' — ', '" ', '“', '”', '(', ')', ' ', ' ', '\n', '\n\n'],
  ['你好', '。', '「', '」', '，', '🎉', '👍🏽', '👩‍👩‍👧', '\ud83c', 'e\u0301', 'مرحبا', '؟'],
].flat();
const someText = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 12 })
  .map((pieces) => `Say ${pieces.join('')}`);
/** Anywhere, between the halves of a surrogate pair too; `true`: between any two of them. */
const someCuts = fc.oneof(fc.constant(true as const), fc.array(fc.nat(60), { maxLength: 8 }));

function cutText(text: string, cuts: true | readonly number[]): string[] {
  if (cuts === true) return text.split('');
  const places = [...cuts.map((cut) => cut % (text.length + 1)), 0, text.length].sort((a, b) => a - b);
  return places.slice(1).map((place, at) => text.slice(places[at], place));
}

describe.each(DOORS)('text over %s', (_name, write) => {
  it('is spoken the same however it is cut: 250 cases', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(someText, someCuts, async (text, cuts) => {
        const whole = await write()([text]);
        const cut = await write()(cutText(text, cuts));
        expect(cut.segments).toEqual(whole.segments);
        expect(cut.audio.equals(whole.audio)).toBe(true);
        const segments = segmentText(text, { maxCharacters: 5000, eagerFirst: true });
        expect(whole.segments).toEqual(segments.map(({ textStart, textEnd }) => [textStart, textEnd]));
      }),
      { numRuns: 250 },
    );
  });

  it('carries every word, in its order', async () => {
    const text = 'Half a word, then a stop. And 🎉 after it, one more!';
    const { audio, segments } = await write()(text.split(''));
    expect(decodeTone(audio)).toBe(text);
    expect(segments.map(([start, end]) => text.slice(start, end))).toEqual([
      'Half a word,',
      'then a stop.',
      'And 🎉 after it, one more!',
    ]);
  });
});

/** A `/ws/synthesize` socket that is ready. */
async function ready(config: object = {}): Promise<SocketClient> {
  const client = await SocketClient.connect(server.url, '/ws/synthesize');
  client.send({ target_format: 'pcm16', ...config });
  await client.until('ready');
  return client;
}

describe('as soon as it can be, text is spoken:', () => {
  it('a sentence when it is complete, long before the next one', async () => {
    const client = await ready();
    const sentAtMs = performance.now();
    client.send({ text: 'Here is the fir' });
    client.send({ text: 'st one. T' });
    expect(await client.until('segment')).toMatchObject({ index: 0, text_start: 0, text_end: 22 });
    const { atMs } = await client.until('audio');
    expect(atMs - sentAtMs).toBeLessThan(1000);
    client.send({ text: 'hen comes the next.' });
    client.send({ type: 'end_of_stream' });
    expect(await client.until('segment')).toMatchObject({ index: 1, text_start: 23, text_end: 43 });
    expect(await client.until('complete')).toMatchObject({ characters: 42, verdict: 'complete' });
    expect((await client.closed).code).toBe(1000);
  });

  it('the first clause before its sentence is', async () => {
    const client = await ready();
    client.send({ text: 'To begin with, ' });
    expect(await client.until('segment')).toMatchObject({ text_start: 0, text_end: 14 });
    client.leave();
  });

  it('but no clause of less than ten characters, nor any after the first', async () => {
    const client = await ready();
    client.send({ text: 'Oh, no, but to begin with, there is this, and then, ' });
    expect(await client.until('segment')).toMatchObject({ text_start: 0, text_end: 26 });
    client.send({ text: 'that. T' });
    expect(await client.until('segment')).toMatchObject({ text_start: 27, text_end: 57 });
    client.leave();
  });

  it('what is there, on a flush', async () => {
    const client = await ready();
    client.send({ text: 'No stop here' });
    client.send({ type: 'flush' });
    expect(await client.until('segment')).toMatchObject({ text_start: 0, text_end: 12 });
    client.send({ type: 'flush' });
    client.send({ text: ' nor here' });
    client.send({ type: 'end_of_stream' });
    expect(await client.until('segment')).toMatchObject({ text_start: 13, text_end: 21 });
    await client.until('complete');
  });

  it('what is there, on a flush over socket.io', async () => {
    const { session_id: id } = await ask(socket, 'open', { target_format: 'pcm16' });
    const segment = nextEvent(socket, 'segment');
    socket.emit('text', { session_id: id, text: 'No stop here' });
    socket.emit('flush', { session_id: id });
    expect(await segment).toMatchObject({ session_id: id, text_start: 0, text_end: 12 });
    const complete = nextEvent(socket, 'complete');
    await ask(socket, 'end', { session_id: id });
    expect(await complete).toMatchObject({ session_id: id, characters: 12 });
  });
});

describe('text that is refused', () => {
  const REFUSED: readonly [what: string, texts: readonly string[], code: string, close: number][] = [
    ['too much at once', ['x'.repeat(501)], 'too_large', 1009],
    ['too much by and by', ['x'.repeat(300), 'x'.repeat(201)], 'too_large', 1009],
    ['a control character', ['Ring the bell \u0007'], 'invalid_request', 1008],
    ['nothing but white space', [' \n ', '\t'], 'invalid_request', 1008],
  ];

  it.each(REFUSED)('%s closes /ws/synthesize', async (_what, texts, code, close) => {
    const client = await ready();
    for (const text of texts) client.send({ text });
    client.send({ type: 'end_of_stream' });
    const error = await client.until('error');
    expect(error).toMatchObject({ message: expect.any(String), error: { code, param: 'text', retryable: false } });
    expect((await client.closed).code).toBe(close);
  });

  it.each(REFUSED.slice(0, 3))('%s is an error of its event over socket.io', async (_what, texts, code) => {
    const { session_id: id } = await ask(socket, 'open', {});
    const answers = [];
    for (const text of texts) answers.push(await ask(socket, 'text', { session_id: id, text }));
    expect(answers.at(-1)).toMatchObject({ error: { code, param: 'text' } });
    const ended = nextEvent(socket, 'error');
    expect(await ask(socket, 'cancel', { session_id: id })).toMatchObject({ status: 'cancelled' });
    expect(await ended).toMatchObject({ session_id: id });
  });

  it('after the end, over /ws/synthesize', async () => {
    const client = await ready();
    for (const frame of [{ text: 'Over.' }, { type: 'end_of_stream' }, { text: ' And out.' }]) client.send(frame);
    expect(await client.until('error')).toMatchObject({ error: { code: 'conflict' } });
    expect((await client.closed).code).toBe(4409);
  });

  it('after the end and after the speech, over socket.io', async () => {
    const { session_id: id } = await ask(socket, 'open', {});
    const complete = nextEvent(socket, 'complete');
    await ask(socket, 'text', { session_id: id, text: 'Over.' });
    await ask(socket, 'end', { session_id: id });
    const late = { error: { code: 'conflict', param: 'text' } };
    expect(await ask(socket, 'text', { session_id: id, text: ' And out.' })).toMatchObject(late);
    await complete;
    await server.watch.stopped(String(id));
    expect(await ask(socket, 'text', { session_id: id, text: ' And out.' })).toMatchObject(late);
    const unknown = await ask(socket, 'text', { session_id: 'none', text: 'x' });
    expect(unknown).toMatchObject({ error: { code: 'not_found', param: 'session_id' } });
  });

  it('a configuration that cannot be spoken, before any text', async () => {
    for (const [config, code, param] of [
      [{ language: 'tlh' }, 'unsupported', 'language'],
      [{ text: 'early' }, 'invalid_request', 'text'],
      [{ sample_rate: 12_345 }, 'invalid_request', 'sample_rate'],
    ] as const) {
      const client = await SocketClient.connect(server.url, '/ws/synthesize');
      client.send(config);
      expect(await client.until('error')).toMatchObject({ error: { code, param } });
    }
    expect(await ask(socket, 'open', { language: 'tlh' })).toMatchObject({ error: { code: 'unsupported' } });
  });
});

it('sample_rate is taken for sample_rate_hz', async () => {
  for (const config of [{ sample_rate: 16_000 }, { sample_rate_hz: 16_000 }]) {
    const client = await SocketClient.connect(server.url, '/ws/synthesize');
    client.send(config);
    expect(await client.until('ready')).toMatchObject({ sample_rate: 16_000 });
    client.send({ text: 'At sixteen.' });
    client.send({ type: 'end_of_stream' });
    const parts = (await client.rest()).map(read);
    const audio = parts.filter(({ part }) => part.type === 'audio');
    expect(audio.every(({ part }) => part['sample_rate'] === 16_000)).toBe(true);
    expect(parts.find(({ part }) => part.type === 'start')?.part).toMatchObject({ sample_rate_hz: 16_000 });
  }
});
