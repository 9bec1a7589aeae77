import type { Duplex } from 'node:stream';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ESPEAK_CONFIG, startGatewayServer, type GatewayServer } from '../support/gateway-server.js';
import { LONG_TEXT } from '../support/tone.js';

// Headless and quiet: no sandbox (containers run as root), no traffic of its own, sound without a click.
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-sync',
].concat([
  '--disable-background-networking',
  '--disable-component-update',
  '--autoplay-policy=no-user-gesture-required',
]);

/** Runs in the page: each word that is marked, in `marked`. */
const KEEP_MARKS = `
  const marked = (globalThis.marked = []);
  new MutationObserver(() => {
    const word = document.querySelector('#spoken mark')?.textContent;
    if (word && marked.at(-1) !== word) marked.push(word);
  }).observe(document.getElementById('spoken'), { childList: true });
`;

let server: GatewayServer;
let browser: Browser;
let page: Page;
let problems: string[];

beforeAll(async () => {
  server = await startGatewayServer(ESPEAK_CONFIG);
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS });
});
afterAll(async () => {
  await browser.close();
  await server.close();
});
beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 900, height: 1000 } });
  problems = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('requestfailed', (request) => problems.push(`${request.url()} ${request.failure()?.errorText ?? ''}`));
});
afterEach(() => page.close());

const shown = async (id: string): Promise<string> => (await page.locator(`#${id}`).textContent()) ?? '';
const level = (): Promise<number> =>
  page.locator('#level').evaluate((meter) => (meter as unknown as { value: number }).value);
const shownNumber = async (id: string): Promise<number> => Number.parseFloat(await shown(id)) || 0;

it('speaks: audio arrives, is heard, is marked word by word, and completes', async () => {
  await page.goto(server.url);
  await expect.poll(() => page.locator('#voice option').count(), { timeout: 10_000 }).toBeGreaterThan(100);
  await page.evaluate(KEEP_MARKS);
  await page.fill('#text', 'Hello from the page. Can you hear me?');
  await page.click('#speak');
  await expect.poll(level, { interval: 20, timeout: 5000 }).toBeGreaterThan(0.005);
  await expect.poll(() => page.locator('#spoken mark').textContent(), { timeout: 5000 }).toBe('me');
  const marked = await page.evaluate<string[]>('marked');
  expect(marked.length).toBeGreaterThan(2);
  expect('Hello from the page Can you hear me'.split(' ').filter((word) => marked.includes(word))).toEqual(marked);
  expect(await page.locator('#spoken').textContent()).toBe('Hello from the page. Can you hear me?');
  const first = await shownNumber('first-audio');
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(1000);
  await expect.poll(() => shown('state'), { timeout: 15_000 }).toBe('complete');
  const lines = await page.locator('#log li').allTextContents();
  expect(lines.length).toBe(await shownNumber('parts'));
  const types = new Set(lines.map((line) => line.split(' ', 1)[0]));
  expect(types).toEqual(new Set(['start', 'segment', 'timing', 'audio', 'complete']));
  expect(await shownNumber('audio-ms')).toBeGreaterThan(1);
  expect(await shown('gaps')).toBe('0');
  expect(await shown('message')).toBe('');
  expect(problems).toEqual([]);
});

it('stops: the speech is cancelled, here and there', async () => {
  await page.goto(server.url);
  const calls = server.watch.calls.length;
  await page.fill('#text', LONG_TEXT);
  await page.click('#speak');
  await expect.poll(() => shownNumber('audio-ms')).toBeGreaterThan(0);
  await page.click('#stop');
  expect(await shown('state')).toBe('cancelled');
  const { sessionId } = server.watch.calls[calls]!;
  await server.watch.stopped(sessionId);
  expect((await server.gateway.sessions.get(sessionId)).state).toBe('cancelled');
  await expect.poll(() => shown('message')).toMatch(/^Stopped: \d+ of 2599 characters were sent\.$/);
  expect(await shown('state')).toBe('cancelled');
  expect(await page.locator('#speak').isEnabled()).toBe(true);
  expect(problems).toEqual([]);
});

it('goes on where it was when its connection is lost', async () => {
  const sockets: Duplex[] = [];
  const onUpgrade = (_request: unknown, socket: Duplex): number => sockets.push(socket);
  server.app.getHttpServer().on('upgrade', onUpgrade);
  await page.goto(server.url);
  await page.fill('#text', LONG_TEXT.slice(0, 600));
  await page.click('#speak');
  await expect.poll(() => shownNumber('audio-ms')).toBeGreaterThan(0);
  sockets.at(-1)!.destroy();
  await expect.poll(() => sockets.length, { timeout: 5000 }).toBe(2);
  await expect.poll(() => shown('log'), { timeout: 15_000 }).toContain('complete');
  expect(await shown('gaps')).toBe('0');
  expect(await shown('message')).toBe('');
  server.app.getHttpServer().off('upgrade', onUpgrade);
});

it('says what is wrong, and speaks again', async () => {
  await page.goto(server.url);
  await page.fill('#text', ' \n ');
  await page.click('#speak');
  await expect.poll(() => shown('message')).toContain('empty');
  expect(await shown('state')).toBe('failed');
  await page.fill('#text', 'Better.');
  await page.click('#speak');
  await expect.poll(() => shown('state'), { timeout: 10_000 }).toBe('complete');
  expect(await shown('message')).toBe('');
});

it('/docs shows the operations', async () => {
  await page.goto(`${server.url}/docs`);
  await page.locator('.opblock').first().waitFor();
  expect(await page.locator('.opblock').count()).toBeGreaterThan(10);
  expect(problems).toEqual([]);
});
