import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGatewayServer, type GatewayServer } from '../support/gateway-server.js';
import { decodeTone, inRealTime, LONG_TEXT, withFault } from '../support/tone.js';
import { EventReader, type ServerEvent } from '../conformance/doors/event-reader.js';
import { HttpAnswer } from '../conformance/doors/http-answer.js';
import { createSession, deleteSession } from '../conformance/doors/rest-doors.js';

let server: GatewayServer;
beforeAll(async () => {
  server = await startGatewayServer();
});
afterAll(() => server.close());

const sessions = () => `${server.url}/v1/tts/sessions`;
const get = (path: string, headers: Record<string, string> = {}) => HttpAnswer.of(`${sessions()}/${path}`, { headers });
const view = async (id: string) => (await get(id)).json();

async function eventsOf(answer: HttpAnswer): Promise<ServerEvent[]> {
  const reader = new EventReader(answer);
  const events: ServerEvent[] = [];
  for (let event = await reader.next(); event; event = await reader.next()) events.push(event);
  return events;
}

function audioOf(events: readonly ServerEvent[]): Buffer {
  const bytes = events.filter(({ event }) => event === 'audio').map(({ data }) => JSON.parse(data) as { data: string });
  return Buffer.concat(bytes.map(({ data }) => Buffer.from(data, 'base64')));
}

it('is created, streams, and is completed, with its outcome', async () => {
  const request = { text: 'From first to last.', target_format: 'pcm16', metadata: { chapter: '1' } };
  const created = await HttpAnswer.of(sessions(), { method: 'POST', body: request });
  expect(created.status).toBe(201);
  const session = await created.json();
  const id = String(session['session_id']);
  expect(session).toMatchObject({ status: 'created', request, audio_url: `/v1/tts/sessions/${id}/audio` });
  expect(created.headers['location']).toBe(`/v1/tts/sessions/${id}`);
  expect(Date.parse(String(session['expires_at']))).toBeGreaterThan(Date.now());
  expect(server.watch.of(id)).toEqual([]);

  const audio = await get(`${id}/audio`);
  await audio.next();
  expect((await view(id))['status']).toBe('streaming');
  await audio.whole();
  expect(await view(id)).toMatchObject({
    status: 'completed',
    outcome: { complete: true, provider: 'tone', seams: 0 },
  });
});

it('speaks at once with autostart, and keeps what nobody heard', async () => {
  const text = 'Nobody listens yet.';
  const id = await createSession(server.url, { text, autostart: true });
  await server.watch.stopped(id);
  await expect.poll(async () => (await view(id))['status']).toBe('completed');
  const audio = await get(`${id}/audio`);
  expect(Number(audio.headers['content-length'])).toBeGreaterThan(0);
  expect(decodeTone(await audio.whole())).toBe(text);
  expect(decodeTone(audioOf(await eventsOf(await get(`${id}/events`))))).toBe(text);
});

it('autostart speaks on when its listener leaves', async () => {
  const text = 'Left alone, it goes on.';
  const id = await createSession(server.url, { ...inRealTime(text), autostart: true });
  const listener = await get(`${id}/audio`);
  await listener.next();
  listener.leave();
  await expect.poll(async () => (await view(id))['status'], { timeout: 5000 }).toBe('completed');
  expect(decodeTone(await (await get(`${id}/audio`)).whole())).toBe(text);
});

it('has one reader, of all that come at the same time, and keeps what that one hears', async () => {
  const text = 'Who comes first?';
  const id = await createSession(server.url, { text });
  const answers = await Promise.all(['audio', 'events', 'audio', 'audio'].map((path) => get(`${id}/${path}`)));
  expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409, 409]);
  await Promise.all(answers.map((answer) => answer.whole()));
  expect(decodeTone(await (await get(`${id}/audio`)).whole())).toBe(text);
  expect(server.watch.of(id)).toHaveLength(1);
});

it('that is cancelled while its reader comes speaks nothing, or no further', async () => {
  for (let round = 0; round < 20; round += 1) {
    const id = await createSession(server.url, inRealTime(LONG_TEXT));
    const [answer] = await Promise.all([get(`${id}/audio`), deleteSession(server.url, id)]);
    await answer.whole().catch(() => {});
    expect((await view(id))['status']).toBe('cancelled');
    await expect.poll(() => server.watch.of(id).every(({ stoppedAtMs }) => stoppedAtMs !== undefined)).toBe(true);
  }
  await expect.poll(() => server.gateway.active.size).toBe(0);
});

it('has one reader at a time', async () => {
  const id = await createSession(server.url, inRealTime(LONG_TEXT));
  const first = await get(`${id}/events`);
  await first.next();
  for (const path of ['events', 'audio']) {
    const second = await get(`${id}/${path}`);
    expect(second.status).toBe(409);
    expect(await second.json()).toMatchObject({ error: { code: 'conflict' } });
  }
  first.leave();
  await server.watch.stopped(id);
});

it('can be cancelled before, during and after', async () => {
  const never = await createSession(server.url, { text: 'Never spoken.' });
  await deleteSession(server.url, never);
  expect(await view(never)).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' } });
  expect((await get(`${never}/audio`)).status).toBe(499);
  expect(server.watch.of(never)).toEqual([]);

  const during = await createSession(server.url, inRealTime(LONG_TEXT));
  const listener = await get(`${during}/events`);
  await listener.next();
  await deleteSession(server.url, during);
  const last = (await eventsOf(listener)).at(-1);
  expect(last?.event).toBe('error');
  expect(JSON.parse(last!.data)).toMatchObject({ error: { code: 'cancelled' } });
  expect((await view(during))['status']).toBe('cancelled');

  const after = await createSession(server.url, { text: 'Already said.' });
  await (await get(`${after}/audio`)).whole();
  await deleteSession(server.url, after);
  expect((await view(after))['status']).toBe('completed');
});

it('tells why it failed, and how far it had come', async () => {
  const id = await createSession(server.url, withFault('It breaks in the middle.', { fail_after_ms: 300 }));
  const events = await eventsOf(await get(`${id}/events`));
  const error = JSON.parse(events.at(-1)!.data) as Record<string, number>;
  expect(error).toMatchObject({ type: 'error', error: { code: 'upstream_failed', provider: 'tone' } });
  expect(error['audio_ms']).toBeGreaterThan(0);
  expect(error['last_seq']).toBe(events.filter(({ event }) => event === 'audio').length - 1);
  const failed = await view(id);
  expect(failed).toMatchObject({ status: 'failed', error: { code: 'upstream_failed' } });
  expect(failed['progress']).toMatchObject({ audio_ms: error['audio_ms'], last_seq: error['last_seq'] });
  const again = await get(`${id}/audio`);
  expect(again.status).toBe(502);
});

it('goes on after Last-Event-ID, live and afterwards', async () => {
  const text = 'Broken off, and taken up again.';
  const id = await createSession(server.url, inRealTime(text));
  const first = await get(`${id}/events`);
  const reader = new EventReader(first);
  const heard: ServerEvent[] = [];
  while (heard.filter(({ event }) => event === 'audio').length < 3) heard.push((await reader.next())!);
  first.leave();
  await server.watch.stopped(id);
  const lastId = heard.at(-1)!.id!;
  const rest = await eventsOf(await get(`${id}/events`, { 'last-event-id': lastId }));
  expect(rest.find(({ event }) => event === 'audio')?.id).toBe(String(Number(lastId) + 1));
  expect(decodeTone(Buffer.concat([audioOf(heard), audioOf(rest)]))).toBe(text);

  const replay = await eventsOf(await get(`${id}/events`, { 'last-event-id': lastId }));
  expect(audioOf(replay).equals(audioOf(rest))).toBe(true);
});

it.each(['later', '-1', '1.5', '99999999999'])('refuses the Last-Event-ID %s', async (lastId) => {
  const id = await createSession(server.url, { text: 'x' });
  const answer = await get(`${id}/events`, { 'last-event-id': lastId });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { code: 'invalid_request' } });
});

it('is not known when it is not', async () => {
  for (const [method, path] of [
    ['GET', ''],
    ['DELETE', ''],
    ['GET', '/audio'],
    ['GET', '/events'],
  ] as const) {
    const answer = await HttpAnswer.of(`${sessions()}/00000000-0000-4000-8000-000000000000${path}`, { method });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error: { code: 'not_found', param: 'session_id' } });
  }
});

it('every speech has a record, sessions or not', async () => {
  const answer = await HttpAnswer.of(`${server.url}/synthesize`, { method: 'POST', body: { text: 'Recorded.' } });
  await answer.whole();
  const id = String(answer.headers['x-tts-session-id']);
  expect(await view(id)).toMatchObject({ status: 'completed', request: { text: 'Recorded.', target_format: 'wav' } });
  expect((await get(`${id}/audio`)).status).toBe(404);
});
