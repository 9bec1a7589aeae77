import { afterEach, expect, it } from 'vitest';
import { Refused } from '../conformance/doors/door.js';
import { HttpAnswer } from '../conformance/doors/http-answer.js';
import { synthesizeDoor } from '../conformance/doors/rest-doors.js';
import { startGatewayServer, type GatewayServer } from '../support/gateway-server.js';
import { inRealTime } from '../support/tone.js';
import { startUpstream, type Upstream } from '../upstream/start-upstream.js';

let upstream: Upstream | undefined;
let server: GatewayServer;
afterEach(async () => {
  await server.close();
  await upstream?.close();
  upstream = undefined;
});

async function startVendor(policies: object, route: object = {}): Promise<Upstream> {
  upstream = await startUpstream();
  const vendor = { type: 'openai', base_url: `${upstream.url}/v1`, models: ['tts-1'], voices: ['alloy'] };
  server = await startGatewayServer({
    providers: { vendor: { ...vendor, formats: ['pcm16'], prewarm: false }, healthy: { type: 'tone' } },
    routes: {
      default: { targets: [{ voice: 'vendor/alloy' }] },
      hedged: { targets: [{ voice: 'vendor/alloy' }, { voice: 'healthy/sine' }], ...route },
    },
    policies,
  });
  return upstream;
}

async function speak(text: string, voice = 'default'): Promise<HttpAnswer> {
  const body = { text, voice, target_format: 'pcm16' };
  const answer = await HttpAnswer.of(`${server.url}/synthesize`, { method: 'POST', body });
  await answer.whole();
  return answer;
}

it('a full gateway refuses at once, and who is being served notices nothing', async () => {
  server = await startGatewayServer({ policies: { slots: { per_provider: 1, queue: 0 } } });
  const client = await synthesizeDoor.connect(server.url);
  await (await client.speak({ text: 'Warm.' })).next();
  await expect.poll(() => server.gateway.active.size).toBe(0);
  const hearing = await client.speak(inRealTime('One that goes on for a while, in its own time.'));
  const arrivals: number[] = [];
  const listening = (async () => {
    while (await hearing.next()) arrivals.push(performance.now());
  })();
  const tookMs: number[] = [];
  for (let tries = 0; tries < 40; tries += 1) {
    const sentMs = performance.now();
    const refusal = await client.speak({ text: 'No room for this.' }).catch((error: unknown) => error);
    tookMs.push(performance.now() - sentMs);
    expect(refusal).toBeInstanceOf(Refused);
    const { error, status, headers } = refusal as Refused;
    expect({ status, code: error.code }).toEqual({ status: 503, code: 'unavailable' });
    expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
  }
  await listening;
  const medianMs = tookMs.sort((a, b) => a - b)[20] ?? Infinity;
  const gapsMs = arrivals.slice(1).map((atMs, index) => atMs - (arrivals[index] ?? 0));
  console.log(`refused in ${medianMs.toFixed(1)} ms (median of 40); widest gap ${Math.max(...gapsMs).toFixed(0)} ms`);
  expect(medianMs).toBeLessThan(25);
  expect(Math.max(...gapsMs)).toBeLessThan(300);
});

it('the breaker opens, lets one call try, and closes again', async () => {
  const breaker = { volume: 4, error_percent: 50, window_ms: 10_000, reset_ms: 300 };
  const vendor = await startVendor({ breaker });
  vendor.script(...Array.from({ length: 4 }, () => ({ refusal: { status: 500 } })));
  for (let call = 0; call < 4; call += 1) expect((await speak(`Call ${call} fails.`)).status).toBe(502);
  const refused = await speak('This one does not leave.');
  expect(refused.status).toBe(503);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  expect(vendor.speeches().length).toBe(4);
  const state = () => server.gateway.settings().guards.of('vendor').breaker.state;
  expect(state()).toBe('open');
  await expect.poll(state, { interval: 20 }).toBe('half_open');
  vendor.script({ ttfbMs: 300 });
  const trial = speak('The one that tries.');
  await vendor.arrival(4);
  expect((await speak('Not two at a time.')).status).toBe(503);
  expect((await trial).status).toBe(200);
  await expect.poll(state).toBe('closed');
  expect((await speak('As before.')).status).toBe(200);
  expect(vendor.speeches().length).toBe(6);
});

it('an outage is not multiplied: retries stay within their budget', async () => {
  const vendor = await startVendor({ retry: { attempts: 3, base_ms: 1, max_ms: 5, budget: 0.1 } });
  vendor.always({ refusal: { status: 500 } });
  for (let call = 0; call < 30; call += 1) await speak(`Call ${call}.`);
  // Ten at once, and a tenth of the thirty calls.
  expect(vendor.speeches().length).toBeLessThanOrEqual(30 + 10 + 3);
  expect(vendor.speeches().length).toBeGreaterThan(35);
});

it('the loser of a hedge is left within 50 ms', async () => {
  const vendor = await startVendor({}, { hedge_after_ms: 60 });
  vendor.script({ fault: { kind: 'hang-before-audio' } });
  const body = { text: 'The other one is heard.', voice: 'hedged', target_format: 'pcm16' };
  const answer = await HttpAnswer.of(`${server.url}/synthesize`, { method: 'POST', body });
  await answer.next();
  const heardMs = performance.now();
  expect(answer.headers['x-tts-provider']).toBe('healthy');
  const request = await vendor.arrival(0);
  expect(await request.ended).toBe('left');
  const lateMs = (request.endedAtMs ?? Infinity) - heardMs;
  console.log(`the loser was left ${lateMs.toFixed(1)} ms after the first audio was heard`);
  expect(lateMs).toBeLessThan(50);
  await answer.whole();
});
