import { expect, it } from 'vitest';
import { startGatewayServer } from '../support/gateway-server.js';
import { HttpAnswer } from '../conformance/doors/http-answer.js';

const PAGE = 'https://app.example';
const PREFLIGHT = {
  method: 'OPTIONS',
  headers: { origin: PAGE, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
};

it('pages of other hosts get nothing unless server.cors names them', async () => {
  const server = await startGatewayServer();
  try {
    const answer = await HttpAnswer.of(`${server.url}/v1/voices`, { headers: { origin: PAGE } });
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    const preflight = await HttpAnswer.of(`${server.url}/synthesize`, PREFLIGHT);
    expect(preflight.headers['access-control-allow-origin']).toBeUndefined();
  } finally {
    await server.close();
  }
});

it('pages that server.cors names may call, read the headers, and hear the audio; others may not', async () => {
  const server = await startGatewayServer({ server: { cors: [PAGE] } });
  try {
    const preflight = await HttpAnswer.of(`${server.url}/synthesize`, PREFLIGHT);
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBe(PAGE);
    expect(preflight.headers['access-control-allow-methods']).toContain('DELETE');
    const headers = { origin: PAGE };
    const ask = { method: 'POST', headers, body: { text: 'Across.' } };
    const answer = await HttpAnswer.of(`${server.url}/synthesize`, ask);
    expect(answer.headers['access-control-allow-origin']).toBe(PAGE);
    expect(answer.headers['access-control-expose-headers']).toContain('x-tts-session-id');
    expect((await answer.whole()).length).toBeGreaterThan(44);
    const refused = await HttpAnswer.of(`${server.url}/synthesize`, { method: 'POST', headers, body: {} });
    expect(refused.headers['access-control-allow-origin']).toBe(PAGE);
    const other = await HttpAnswer.of(`${server.url}/v1/voices`, { headers: { origin: 'https://evil.example' } });
    expect(other.headers['access-control-allow-origin']).not.toBe('https://evil.example');
  } finally {
    await server.close();
  }
});
