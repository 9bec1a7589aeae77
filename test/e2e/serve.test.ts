import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { startGatewayProcess, type GatewayProcess, type GatewayProcessOptions } from '../support/gateway-process.js';
import { TONE_CONFIG } from '../support/gateway-server.js';
import { decodeTone, inRealTime, LONG_TEXT, withFault } from '../support/tone.js';
import { HttpAnswer } from '../conformance/doors/http-answer.js';

const started: GatewayProcess[] = [];
async function start(options: GatewayProcessOptions = {}): Promise<GatewayProcess> {
  const gateway = await startGatewayProcess(options);
  started.push(gateway);
  return gateway;
}
afterEach(() => Promise.all(started.splice(0).map((gateway) => gateway.close())));

const synthesize = (url: string, body: object) => HttpAnswer.of(`${url}/synthesize`, { method: 'POST', body });

describe('the banner', () => {
  it('prints lines that work when they are pasted', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tts-banner-'));
    try {
      const gateway = await start();
      const save = /Save it +(curl .+)$/m.exec(gateway.stderr())?.[1];
      const hear = /Hear it +(curl .+)$/m.exec(gateway.stderr())?.[1];
      await bash(save!, folder);
      const args = ['-v', 'error', '-of', 'json', '-show_streams', '-show_format', join(folder, 'hello.mp3')];
      const { streams, format } = JSON.parse((await promisify(execFile)('ffprobe', args)).stdout);
      expect(streams[0]).toMatchObject({ codec_name: 'mp3', codec_type: 'audio' });
      expect(Number(format.duration)).toBeGreaterThan(1);
      // The player itself needs a sound card; what it would be fed must be a WAV.
      const wav = hear!.slice(0, hear!.indexOf(' | '));
      await bash(`${wav} > heard.wav`, folder);
      expect((await readFile(join(folder, 'heard.wav'))).subarray(0, 4).toString()).toBe('RIFF');
      await bash(`${hear!.slice(hear!.indexOf('{ if'))} </dev/null || true`, folder);
      for (const name of ['Page', 'API', 'Voices']) {
        const url = new RegExp(`${name} +(http\\S+)`).exec(gateway.stderr())?.[1];
        expect([(await fetch(url!)).status, name]).toEqual([200, name]);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('logs', () => {
  it('carry the request id and never the text, whatever happens', async () => {
    const gateway = await start({ config: { ...TONE_CONFIG, log: { level: 'trace' } } });
    const planted = 'Zanzibar marmalade';
    const bodies = [
      { text: planted },
      { text: planted, voice: 'tone/nobody' },
      { text: planted, metadata: { note: planted } },
      { text: planted, [planted]: 1 },
      { text: planted, speed: planted },
      withFault(planted, { fail_before: true, error_code: 'internal' }),
      withFault(planted, { fail_after_ms: 200 }),
    ];
    for (const body of bodies) await drained(await synthesize(gateway.url, body));
    const body = `{"text":"${planted}`;
    await drained(await HttpAnswer.of(`${gateway.url}/synthesize`, { method: 'POST', body }));
    await drained(
      await HttpAnswer.of(`${gateway.url}/${encodeURIComponent(planted)}?text=${encodeURIComponent(planted)}`),
    );
    const headers = { 'x-request-id': 'the-last-one' };
    await drained(
      await HttpAnswer.of(`${gateway.url}/synthesize`, { method: 'POST', headers, body: { text: planted } }),
    );
    await expect.poll(() => gateway.stdout()).toContain('"request_id":"the-last-one"');
    expect(gateway.stdout() + gateway.stderr()).not.toMatch(/Zanzibar|marmalade/i);
    for (const line of gateway.stdout().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level');
  });
});

describe('SIGTERM', () => {
  it('is not ready at once, refuses new speeches, lets the running one end, and exits 0', async () => {
    const gateway = await start({ config: TONE_CONFIG });
    const text = 'It may speak to its end.';
    const running = await synthesize(gateway.url, { ...inRealTime(text), target_format: 'pcm16' });
    const first = await running.next();
    gateway.child.kill('SIGTERM');
    await expect.poll(async () => (await fetch(`${gateway.url}/readyz`)).status).toBe(503);
    const refused = await synthesize(gateway.url, { text: 'Too late.' });
    expect(refused.status).toBe(503);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ error: { code: 'unavailable' } });
    expect(decodeTone(Buffer.concat([first!, await running.whole()]))).toBe(text);
    expect((await gateway.ended).code).toBe(0);
  });

  it('ends what is not done after shutdown.drain_ms, and never as if it were whole', async () => {
    const gateway = await start({ config: { ...TONE_CONFIG, shutdown: { drain_ms: 300 } } });
    const running = await synthesize(gateway.url, { ...inRealTime('x '.repeat(500)), target_format: 'pcm16' });
    await running.next();
    gateway.child.kill('SIGTERM');
    await expect(running.whole()).rejects.toThrow('broken off');
    expect((await gateway.ended).code).toBe(0);
  });

  it('is not held up by a client that takes nothing', async () => {
    const gateway = await start({ config: { ...TONE_CONFIG, shutdown: { drain_ms: 200 } } });
    const running = await synthesize(gateway.url, { text: LONG_TEXT, target_format: 'pcm16' });
    await running.next();
    const askedAtMs = performance.now();
    gateway.child.kill('SIGTERM');
    expect((await gateway.ended).code).toBe(0);
    expect(performance.now() - askedAtMs).toBeLessThan(5000);
  });

  it('a second one does not wait', async () => {
    const gateway = await start({ config: TONE_CONFIG });
    const running = await synthesize(gateway.url, { ...inRealTime('x '.repeat(500)), target_format: 'pcm16' });
    await running.next();
    gateway.child.kill('SIGTERM');
    await expect.poll(async () => (await fetch(`${gateway.url}/readyz`)).status).toBe(503);
    gateway.child.kill('SIGTERM');
    await expect(running.whole()).rejects.toThrow('broken off');
    expect((await gateway.ended).code).toBe(1);
  });
});

it('a port that is taken is said in a line', async () => {
  const gateway = await start({ config: TONE_CONFIG });
  const port = Number(new URL(gateway.url).port);
  await expect(start({ config: { ...TONE_CONFIG, server: { port } } })).rejects.toThrow(/EADDRINUSE|in use/);
});

async function drained(answer: HttpAnswer): Promise<void> {
  await answer.whole().catch(() => Buffer.alloc(0));
}

async function bash(line: string, cwd: string): Promise<void> {
  await promisify(execFile)('bash', ['-c', line], { cwd });
}
