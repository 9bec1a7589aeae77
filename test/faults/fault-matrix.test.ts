import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeTone } from '../../providers/tone/tone-codec.js';
import { ERROR_TABLE } from '../../src/core/speech-error.js';
import { startGatewayServer, type GatewayServer } from '../support/gateway-server.js';
import { startUpstream, type Upstream } from '../upstream/start-upstream.js';
import {
  CHARACTER_MS,
  FAULTS,
  HEALTHY,
  matrixConfig,
  providerOf,
  routeOf,
  STRATEGIES,
  TEXT,
} from './matrix/fault-table.js';
import type { Fault, Strategy } from './matrix/fault-table.js';
import type { Heard, Listener } from './support/hear.js';
import { goesOnSomewhere, sameWords, theSentence } from './support/heard-text.js';
import { inBatches } from './support/in-batches.js';
import { LISTENERS } from './support/listeners.js';

const RATE_HZ = 24_000;
/** Of the word code; the noise of a flood comes before it. */
const TEXT_MS = TEXT.length * CHARACTER_MS;

let server: GatewayServer;
const upstreams: (Upstream | undefined)[] = [];
beforeAll(async () => {
  const refused = await closedPort();
  for (const { upstream } of FAULTS) {
    upstreams.push(upstream === 'refused' ? undefined : await startUpstream({ defaults: upstream }));
  }
  server = await startGatewayServer(matrixConfig((index) => upstreams[index]?.url ?? `http://127.0.0.1:${refused}`));
});
afterAll(async () => {
  await server.close();
  for (const upstream of upstreams) await upstream?.close();
});

interface Cell {
  readonly fault: Fault;
  readonly index: number;
  readonly strategy: Strategy;
  readonly listener: Listener;
}

const CELLS: readonly Cell[] = FAULTS.flatMap((fault, index) =>
  STRATEGIES.flatMap((strategy) => LISTENERS.map((listener) => ({ fault, index, strategy, listener }))),
);

describe('what goes wrong upstream', () => {
  it(`is told honestly or mended in each of ${CELLS.length} cells`, { timeout: 120_000 }, async () => {
    const flaws = await inBatches(12, CELLS, async (cell) => {
      const { listener, index, strategy, fault } = cell;
      const request = { text: TEXT, voice: routeOf(index, strategy), sample_rate_hz: RATE_HZ };
      const heard = listener.hear(server.url, request).then((all) => flawOf(cell, all));
      const flaw = await Promise.race([heard, hangs()]).catch((error: unknown) => `throws ${String(error)}`);
      return flaw === undefined ? [] : [`${fault.moment}: ${fault.name} | ${strategy} | ${listener.name}: ${flaw}`];
    });
    expect(flaws.flat()).toEqual([]);
  });

  it('leaves nothing open', async () => {
    await expect.poll(() => server.gateway.active.size).toBe(0);
    const open = () => FAULTS.filter((_, index) => (upstreams[index]?.stats().active ?? 0) > 0).map(({ name }) => name);
    await expect.poll(open).toEqual([]);
  });

  it('is counted: every call that was made, by its outcome', async () => {
    const counted = await attemptsCounted();
    for (const [index, { name, code, moment }] of FAULTS.entries()) {
      const calls = counted.filter(({ provider }) => provider === providerOf(index));
      const sum = (some: readonly Counted[]): number => some.reduce((total, { count }) => total + count, 0);
      // The loser of a hedge may be cancelled before its request has left.
      const cancelled = sum(calls.filter(({ outcome }) => outcome === 'cancelled'));
      const arrived = upstreams[index]?.speeches().length ?? sum(calls);
      expect(arrived, `${moment}: ${name}`).toBeLessThanOrEqual(sum(calls));
      expect(arrived, `${moment}: ${name}`).toBeGreaterThanOrEqual(sum(calls) - cancelled);
      const outcomes = new Set(calls.map(({ outcome }) => outcome));
      outcomes.delete('cancelled');
      // A busy machine may make a call late that would have come in time: that is told as what it is.
      if (code !== undefined || outcomes.size > 1) outcomes.delete(code === 'deadline' ? '' : 'deadline');
      expect([...outcomes], `${moment}: ${name}`).toEqual([code ?? 'ok']);
    }
  });
});

async function flawOf({ fault, index, strategy }: Cell, heard: Heard): Promise<string | undefined> {
  const text = decodeTone(isFlood(fault) ? lastOf(heard.audio) : heard.audio, RATE_HZ);
  if (strategy === 'single' && fault.code !== undefined) return flawOfFailure(fault, index, heard, text);
  if (!heard.complete) return `no whole answer: ${heard.error?.code} ${heard.error?.message}, heard "${text}"`;
  const { complete } = await server.gateway.sessions.get(heard.sessionId ?? '');
  if (complete === undefined) return 'the session has no end';
  if (fault.code === undefined || complete.seams === 0) {
    if (!sameWords(text, TEXT)) return `heard "${text}" without a seam`;
  } else if (!goesOnSomewhere(mended(fault, text), TEXT, theSentence)) return `heard "${text}"`;
  const whole = fault.code === undefined || fault.moment === 'before' || strategy === 'hedged';
  if (!whole && complete.seams !== 1) return `${complete.seams} seams`;
  if (fault.moment === 'before' && complete.seams !== 0) return `${complete.seams} seams before any audio`;
  const attempts = complete.attempts.map(({ provider, outcome }) => `${provider}:${outcome}`);
  const expected = [...attemptsOf(fault, index), ...(fault.code === undefined ? [] : [`${HEALTHY}:ok`])];
  if (strategy === 'priority' && attempts.join() !== expected.join()) return `attempts ${attempts.join()}`;
  return undefined;
}

function attemptsOf({ code, retried }: Fault, index: number): string[] {
  return Array<string>(retried ? 2 : 1).fill(`${providerOf(index)}:${code ?? 'ok'}`);
}

async function flawOfFailure(fault: Fault, index: number, heard: Heard, text: string): Promise<string | undefined> {
  if (heard.complete) return `a broken clip is called whole: "${text}"`;
  const { code } = fault;
  if (code === undefined) return undefined;
  if (heard.error && heard.error.code !== code) return `${heard.error.code}: ${heard.error.message}`;
  if (heard.error && heard.error.provider !== providerOf(index)) return `blames ${heard.error.provider}`;
  if (heard.told.some(({ type }) => type === 'complete')) return 'tells of a complete speech';
  if (heard.status !== undefined && heard.status !== ERROR_TABLE[code].http) return `status ${heard.status}`;
  if (heard.closeCode !== undefined && heard.closeCode !== ERROR_TABLE[code].wsClose)
    return `closed ${heard.closeCode}`;
  if (fault.moment === 'before' && heard.audio.length > 0) return `${heard.audio.length} bytes of nothing`;
  const waits = fault.name.includes('Retry-After');
  if (waits && heard.status !== undefined && heard.headers?.['retry-after'] !== '7') return 'no Retry-After';
  if (heard.sessionId === undefined) return undefined;
  const { state } = await server.gateway.sessions.get(heard.sessionId);
  return state === 'failed' ? undefined : `the session is ${state}`;
}

/** The noise of a flood is faded into the first sound after it, which the code of tones does not survive. */
function mended(fault: Fault, text: string): string {
  return isFlood(fault) ? `${TEXT[0]}${text.slice(text.indexOf(TEXT[1] ?? ''))}` : text;
}

function isFlood({ upstream }: Fault): boolean {
  return upstream !== 'refused' && upstream.lie === 'flood';
}

function lastOf(audio: Buffer): Buffer {
  const bytes = TEXT_MS * 2 * (RATE_HZ / 1000);
  return audio.subarray(Math.max(0, audio.length - bytes));
}

interface Counted {
  readonly provider: string;
  readonly outcome: string;
  readonly count: number;
}

async function attemptsCounted(): Promise<Counted[]> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  const lines = metrics.matchAll(/^tts_provider_attempts_total\{provider="([^"]+)",outcome="([^"]+)"\} (\d+)$/gm);
  return [...lines].map(([, provider = '', outcome = '', count]) => ({ provider, outcome, count: Number(count) }));
}

function hangs(): Promise<string> {
  return new Promise((resolve) => setTimeout(() => resolve('hangs'), 10_000).unref());
}

async function closedPort(): Promise<number> {
  const listening = createServer();
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  await new Promise((resolve) => listening.close(resolve));
  return port;
}
