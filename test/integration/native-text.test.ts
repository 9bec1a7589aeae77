import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGatewayServer, type GatewayServer } from '../support/gateway-server.js';
import { SocketClient } from '../support/socket-client.js';
import { decodeTone, inRealTime } from '../support/tone.js';
import { overSocketio, overSynthesize } from '../support/written-speech.js';
import { HttpAnswer } from '../conformance/doors/http-answer.js';
import { RESUMABLE_DOORS } from '../conformance/doors/resumable-doors.js';
import { ask, connectSocket } from '../conformance/doors/socketio-door.js';
import { read } from '../conformance/doors/websocket-doors.js';

const TEXT = 'Half a word, and 🎉 then. The provider gets it as it was written!';
/** A provider that is silent for longer has failed, unless it has nothing to say. */
const SILENCE_MS = 300;

let server: GatewayServer;
beforeAll(async () => {
  server = await startGatewayServer({
    providers: {
      native: { type: 'tone', text_streaming: true, character_ms: 20 },
      cut: { type: 'tone', character_ms: 20 },
    },
    routes: { default: { targets: [{ voice: 'native/sine' }] } },
    policies: { first_audio_ms: SILENCE_MS, inter_chunk_ms: SILENCE_MS },
    limits: { text_idle_ms: 10_000, bytes_per_speech: 16_384 },
    sessions: { resume_window_s: 2 },
  });
});
afterAll(() => server.close());

it('a provider that takes text as it is written gets it so, in one call', async () => {
  const socket = await connectSocket(server.url);
  for (const write of [overSynthesize(server.url), overSocketio(socket)]) {
    const before = server.watch.calls.length;
    for (const pieces of [[TEXT], TEXT.split(''), TEXT.match(/.{1,9}/gs)!]) {
      const { audio, segments } = await write(pieces);
      expect(decodeTone(audio)).toBe(TEXT);
      expect(segments).toHaveLength(1);
    }
    const calls = server.watch.calls.slice(before);
    expect(calls.map(({ provider, text }) => [provider, text])).toEqual(calls.map(() => ['native', '']));
    expect(calls).toHaveLength(3);
  }
  socket.disconnect();
});

it('the voices say which providers do', async () => {
  const { voices } = await (await HttpAnswer.of(`${server.url}/v1/voices`)).json();
  const streaming = (voices as { provider: string; text_streaming: boolean }[]).map((voice) => voice.text_streaming);
  expect(streaming).toEqual((voices as { provider: string }[]).map(({ provider }) => provider === 'native'));
});

it('is heard before the sentence is over, and may wait for its words as long as it takes', async () => {
  const client = await SocketClient.connect(server.url, '/ws/synthesize');
  client.send({ target_format: 'pcm16' });
  await client.until('ready');
  await new Promise((resolve) => setTimeout(resolve, 2 * SILENCE_MS));
  client.send({ text: 'No end of it yet ' });
  expect(await client.until('audio')).toMatchObject({ seq: 0 });
  await new Promise((resolve) => setTimeout(resolve, 2 * SILENCE_MS));
  client.send({ text: 'but soon' });
  client.send({ type: 'flush' });
  client.send({ text: '.' });
  client.send({ type: 'end_of_stream' });
  expect((await client.rest()).map(read).at(-1)?.part).toMatchObject({ type: 'complete', characters: 26 });
});

it('is still ended by its time limit when it hangs although all has been written', async () => {
  const client = await SocketClient.connect(server.url, '/ws/synthesize');
  client.send({ provider_options: { tone: { stall_after_ms: 100 } } });
  client.send({ text: 'It hangs here.' });
  client.send({ type: 'end_of_stream' });
  expect(await client.until('error')).toMatchObject({ error: { code: 'deadline' } });
  expect((await client.closed).code).toBe(4504);
});

it('a cancel tells how much was heard, although the text goes on', async () => {
  const client = await SocketClient.connect(server.url, '/ws/synthesize');
  const { text: _text, ...config } = inRealTime('', { character_ms: 60 });
  client.send(config);
  client.send({ text: 'One two three four five six seven eight ' });
  await client.until('audio');
  await new Promise((resolve) => setTimeout(resolve, 900));
  client.send({ type: 'cancel' });
  const { spoken_to: spokenTo, spoken_to_source: source } = await client.until('cancelled');
  expect(source).toBe('timings');
  expect([7, 13]).toContain(spokenTo);
  client.leave();
});

it('text of white space only is refused', async () => {
  const client = await SocketClient.connect(server.url, '/ws/synthesize');
  client.send({});
  client.send({ text: ' \n ' });
  client.send({ type: 'end_of_stream' });
  expect(await client.until('error')).toMatchObject({ error: { code: 'invalid_request', param: 'text' } });
});

it('a reader that is cut off and comes back has the very bytes: the text is given again', async () => {
  const door = RESUMABLE_DOORS[0]!;
  const socket = await connectSocket(server.url);
  const whole = (await overSocketio(socket)([TEXT])).audio;
  const writer = await connectSocket(server.url);
  const { session_id: id } = await ask(writer, 'open', { target_format: 'pcm16', window: 3 });
  const heard: Buffer[] = [];
  const begun = new Promise<void>((resolve) => {
    writer.on('audio', (_part, data: Buffer) => heard.push(data) === 3 && resolve());
  });
  await ask(writer, 'text', { session_id: id, text: TEXT.slice(0, 40) });
  await begun;
  writer.disconnect();
  await server.watch.stopped(String(id));
  expect(await ask(socket, 'text', { session_id: id, text: TEXT.slice(40) })).toEqual({});
  expect(await ask(socket, 'end', { session_id: id })).toEqual({});
  const follower = await door.follow(server.url, String(id), heard.length - 1);
  for (let chunk = await follower.next(); chunk; chunk = await follower.next()) heard.push(chunk.data);
  expect(Buffer.concat(heard).equals(whole)).toBe(true);
  expect(server.watch.of(String(id))).toHaveLength(2);
  socket.disconnect();
});
