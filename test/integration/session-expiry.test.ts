import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGatewayServer, type GatewayServer } from '../support/gateway-server.js';
import { inRealTime, LONG_TEXT } from '../support/tone.js';
import { HttpAnswer } from '../conformance/doors/http-answer.js';
import { createSession } from '../conformance/doors/rest-doors.js';

let server: GatewayServer;
beforeAll(async () => {
  server = await startGatewayServer({ sessions: { ttl_s: 1, resume_window_s: 1 } });
});
afterAll(() => server.close());

const status = async (id: string, path = ''): Promise<number> =>
  (await HttpAnswer.of(`${server.url}/v1/tts/sessions/${id}${path}`)).status;

it('a session and its audio are gone after sessions.ttl_s', async () => {
  const id = await createSession(server.url, { text: 'Kept for a second.' });
  await (await HttpAnswer.of(`${server.url}/v1/tts/sessions/${id}/audio`)).whole();
  expect(await status(id)).toBe(200);
  await expect.poll(() => status(id), { timeout: 3000 }).toBe(404);
  expect(await status(id, '/audio')).toBe(404);
});

it('a speech whose reader does not come back ends with its window', async () => {
  const id = await createSession(server.url, inRealTime(LONG_TEXT));
  const reader = await HttpAnswer.of(`${server.url}/v1/tts/sessions/${id}/audio`);
  await reader.next();
  reader.leave();
  await server.watch.stopped(id);
  await expect.poll(() => server.gateway.active.size, { timeout: 3000 }).toBe(0);
});
