import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGatewayServer, type GatewayServer } from '../support/gateway-server.js';
import { SocketClient, type Frame } from '../support/socket-client.js';
import { decodeTone, inRealTime, LONG_TEXT } from '../support/tone.js';
import { ask, connectSocket, nextEvent } from '../conformance/doors/socketio-door.js';
import { HttpAnswer } from '../conformance/doors/http-answer.js';
import { createSession } from '../conformance/doors/rest-doors.js';
import { openStream, read } from '../conformance/doors/websocket-doors.js';

/** From the client's `cancel` to the answer in its hands. */
const ANSWER_MS = 50;
const CHARACTER_MS = 60;
const TEXT = 'There is a lot to be said about this and none of it is so short that you hear the end. And so on.';

let server: GatewayServer;
beforeAll(async () => {
  server = await startGatewayServer();
  await server.gateway.voices.list();
  // A codec host that has to be started first would be late for its first speech.
  await createSession(server.url, { text: 'Warm.', target_format: 'mp3' }).then((id) =>
    HttpAnswer.of(`${server.url}/v1/tts/sessions/${id}/audio`).then((answer) => answer.whole()),
  );
});
afterAll(() => server.close());

const { text: _text, ...spokenInRealTime } = inRealTime('');

/** A socket over which text is being heard, for so long already. */
async function underWay(heardMs: number, config: object = {}): Promise<{ client: SocketClient; heard: Frame[] }> {
  const client = await SocketClient.connect(server.url, '/ws/synthesize');
  client.send({ target_format: 'pcm16', timings: 'word', ...spokenInRealTime, ...config });
  client.send({ text: TEXT });
  const heard: Frame[] = [];
  do heard.push((await client.next())!.frame!);
  while (heard.at(-1)?.type !== 'audio');
  const startedAtMs = performance.now();
  while (performance.now() - startedAtMs < heardMs) heard.push((await client.next())!.frame!);
  return { client, heard };
}

async function untilCancelled(client: SocketClient, heard: Frame[]): Promise<Frame & { atMs: number }> {
  for (;;) {
    const { frame, atMs } = (await client.next())!;
    if (frame?.type === 'cancelled') return { ...frame, atMs };
    heard.push(frame!);
  }
}

/** The end of the last word that is over by the end of the audio. */
function wordsHeard(heard: readonly Frame[]): number {
  const audio = heard.map((frame) => read({ frame, atMs: 0 }).data?.length ?? 0);
  const audioMs = audio.reduce((sum, bytes) => sum + bytes, 0) / 48;
  const over = heard.filter(
    ({ type, kind, end_ms }) => type === 'timing' && kind === 'word' && Number(end_ms) <= audioMs,
  );
  return Math.max(0, ...over.map(({ text_end }) => Number(text_end)));
}

describe('cancel on /ws/synthesize', () => {
  it(`is answered within ${ANSWER_MS} ms, with the very word that was heard last`, { retry: 2 }, async () => {
    const { client, heard } = await underWay(1500);
    const call = server.watch.calls.at(-1)!;
    const cancelledAtMs = performance.now();
    client.send({ type: 'cancel' });
    const cancelled = await untilCancelled(client, heard);
    expect(cancelled.atMs - cancelledAtMs).toBeLessThan(ANSWER_MS);
    expect((await server.watch.stopped(call.sessionId)) - cancelledAtMs).toBeLessThan(ANSWER_MS);
    expect(cancelled).toMatchObject({ spoken_to: wordsHeard(heard), spoken_to_source: 'timings' });
    expect(Number(cancelled['spoken_to'])).toBeGreaterThan((1500 - 500) / CHARACTER_MS);
    client.leave();
  });

  it.each(['mp3', 'opus', 'wav', 'flac'])('tells how much of %s was heard', async (format) => {
    const { client, heard } = await underWay(1500, { target_format: format, sample_rate_hz: 24_000 });
    client.send({ type: 'cancel' });
    const { spoken_to: spokenTo, spoken_to_source: source } = await untilCancelled(client, heard);
    expect(source).toBe('timings');
    // Encoders hold a little back, and speech is made as fast as it is heard.
    expect(Number(spokenTo)).toBeGreaterThan((1500 - 1000) / CHARACTER_MS);
    expect(Number(spokenTo)).toBeLessThan((1500 + 500) / CHARACTER_MS);
    client.leave();
  });

  it('makes room for the text that follows, in the same breath', async () => {
    const { client, heard } = await underWay(300);
    for (const frame of [
      { type: 'cancel' },
      { text: 'Never ' },
      { type: 'cancel' },
      { text: 'Now ' },
      { text: 'this.' },
    ]) {
      client.send(frame);
    }
    client.send({ type: 'end_of_stream' });
    await untilCancelled(client, heard);
    expect(await untilCancelled(client, [])).toMatchObject({ spoken_to: 0 });
    const parts = (await client.rest()).map(read);
    expect(parts[0]?.part.type).toBe('start');
    expect(parts.filter(({ data }) => data).map(({ part }) => part['seq'])[0]).toBe(0);
    expect(decodeTone(Buffer.concat(parts.flatMap(({ data }) => data ?? [])))).toBe('Now this.');
    expect(parts.at(-1)?.part).toMatchObject({ type: 'complete', characters: 9 });
    expect((await client.closed).code).toBe(1000);
  });

  it('with nothing under way is answered too; an end without text is an end', async () => {
    const client = await SocketClient.connect(server.url, '/ws/synthesize');
    client.send({});
    client.send({ type: 'cancel' });
    client.send({ type: 'flush' });
    client.send({ type: 'end_of_stream' });
    const frames = (await client.rest()).map(({ frame }) => frame);
    expect(frames).toMatchObject([{ type: 'ready' }, { type: 'cancelled', spoken_to: 0 }, { type: 'complete' }]);
    expect((await client.closed).code).toBe(1000);
  });

  it('leaves nothing running', async () => {
    await expect.poll(() => server.gateway.active.size).toBe(0);
  });
});

it('cancel on /v1/tts/stream ends the session with what was heard of it', { retry: 2 }, async () => {
  const id = await createSession(server.url, { ...inRealTime(TEXT), timings: 'word' });
  const client = await openStream(server.url, id);
  const heard: Frame[] = [];
  while (heard.filter(({ type }) => type === 'audio').length < 50) heard.push((await client.next())!.frame!);
  const cancelledAtMs = performance.now();
  client.send({ type: 'cancel' });
  const error = await client.until('error');
  expect(error.atMs - cancelledAtMs).toBeLessThan(ANSWER_MS);
  expect(error).toMatchObject({ error: { code: 'cancelled' }, spoken_to_source: 'timings' });
  expect(Math.abs(Number(error['spoken_to']) - wordsHeard(heard))).toBeLessThan(8);
  expect((await client.closed).code).toBe(1000);
  expect((await server.gateway.sessions.get(id)).state).toBe('cancelled');
});

it('cancel on socket.io is an error event with what was heard, and the socket speaks on', async () => {
  const socket = await connectSocket(server.url);
  const { session_id: id } = await ask(socket, 'open', { target_format: 'pcm16', window: 256, ...spokenInRealTime });
  await ask(socket, 'text', { session_id: id, text: LONG_TEXT.slice(0, 400) });
  await nextEvent(socket, 'audio');
  await new Promise((resolve) => setTimeout(resolve, 800));
  const failed = nextEvent(socket, 'error');
  const cancelledAtMs = performance.now();
  expect(await ask(socket, 'cancel', { session_id: id })).toMatchObject({ status: 'cancelled' });
  const error = await failed;
  expect(performance.now() - cancelledAtMs).toBeLessThan(4 * ANSWER_MS);
  expect(error).toMatchObject({ session_id: id, error: { code: 'cancelled' }, spoken_to_source: 'timings' });
  expect(Number(error['spoken_to'])).toBeGreaterThan(0);
  expect(Number(error['spoken_to'])).toBeLessThan(2000 / CHARACTER_MS);
  expect(await ask(socket, 'text', { session_id: id, text: 'too late' })).toMatchObject({
    error: { code: 'conflict' },
  });
  const complete = nextEvent(socket, 'complete');
  await ask(socket, 'speak', { text: 'Still here.', target_format: 'pcm16' });
  expect(await complete).toMatchObject({ complete: true });
  socket.disconnect();
});
