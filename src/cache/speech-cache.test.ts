import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  audioOf,
  audioPart,
  collect,
  completePart,
  startPart,
  testCall,
  testRequest,
} from '../../test/support/speech-parts.js';
import { silentLog } from '../core/call-context.js';
import { SpeechError } from '../core/speech-error.js';
import type { SpeechHandler } from '../core/speech-handler.js';
import type { SpeechPart } from '../core/speech-part.js';
import { SuspensionSwitch } from '../core/suspension.js';
import { cacheKey } from './cache-key.js';
import { MemoryClipStore } from './memory-clip-store.js';
import { SpeechCache, type SpeechCacheOptions } from './speech-cache.js';

let dir: string;
beforeEach(async () => (dir = await mkdtemp(join(tmpdir(), 'cache-'))));
afterEach(() => rm(dir, { recursive: true, force: true }));

interface Script {
  readonly chunks?: number;
  readonly bytes?: number;
  readonly stepped?: boolean;
  readonly end?: SpeechPart | Error;
}

/** Speaks `chunks` chunks; each waits for `step` where a test holds the pace. */
function upstream({ chunks = 5, bytes = 1000, stepped = false, end = completePart() }: Script = {}) {
  const gates: (() => void)[] = [];
  const state = { calls: 0, made: 0, aborted: 0, suspended: false, step: () => gates.shift()?.() };
  const handler: SpeechHandler = async function* (_request, call) {
    state.calls += 1;
    call.signal.addEventListener('abort', () => (state.aborted += 1));
    call.suspension?.onSuspend(() => (state.suspended = true));
    yield startPart({ sessionId: call.sessionId });
    for (let seq = 0; seq < chunks; seq += 1) {
      if (stepped) await new Promise<void>((resolve) => gates.push(resolve));
      state.made += 1;
      yield audioPart(seq, Buffer.alloc(bytes, seq + 1));
    }
    if (end instanceof Error) throw end;
    yield end;
  };
  return { handler, state };
}

async function cached(handler: SpeechHandler, more: Partial<SpeechCacheOptions> = {}) {
  const store = new MemoryClipStore({ maxBytes: 10_000_000, ttlMs: 60_000 });
  const cache = await SpeechCache.open({ store, spoolDir: dir, log: silentLog, ...more });
  return { cache, store, speak: cache.policy({ keyOf: cacheKey })(handler) };
}

const sound = (chunks = 5, bytes = 1000): Buffer =>
  Buffer.concat(Array.from({ length: chunks }, (_, seq) => Buffer.alloc(bytes, seq + 1)));
const startOf = (parts: readonly SpeechPart[]) => parts.find((part) => part.type === 'start');

describe('a speech that was spoken before', () => {
  it('comes from the store, part by part the same, with its own session', async () => {
    const { handler, state } = upstream();
    const { cache, speak } = await cached(handler);
    const first = await collect(speak(testRequest(), testCall()));
    await vi.waitFor(() => expect(cache.stats().running).toBe(0));
    const again = await collect(speak(testRequest(), testCall({ sessionId: 'other' })));
    expect(state.calls).toBe(1);
    expect(startOf(first)).toMatchObject({ cache: 'miss' });
    expect(startOf(again)).toMatchObject({ cache: 'hit', sessionId: 'other' });
    expect(again.slice(1, -1)).toEqual(first.slice(1, -1));
    expect(again.at(-1)).toMatchObject({ type: 'complete', cached: true, attempts: [] });
    expect(await readdir(dir)).toEqual([]);
  });

  it('is kept although its reader stops at the end mark', async () => {
    const { handler } = upstream();
    const { cache, speak } = await cached(handler);
    for await (const part of speak(testRequest(), testCall())) if (part.type === 'complete') break;
    await vi.waitFor(() => expect(cache.stats()).toMatchObject({ running: 0, clips: 1 }));
    expect(startOf(await collect(speak(testRequest(), testCall())))?.cache).toBe('hit');
  });

  it('has its first byte within 2 ms', async () => {
    const { handler } = upstream({ chunks: 50, bytes: 4800 });
    const { cache, speak } = await cached(handler);
    await collect(speak(testRequest(), testCall()));
    await vi.waitFor(() => expect(cache.stats().running).toBe(0));
    const waits: number[] = [];
    for (let run = 0; run < 50; run += 1) {
      const startedAtMs = performance.now();
      for await (const part of speak(testRequest(), testCall())) if (part.type === 'audio') break;
      waits.push(performance.now() - startedAtMs);
    }
    expect(waits.sort((a, b) => a - b)[25]).toBeLessThan(2);
  });

  it('is not looked for on bypass and is spoken anew on refresh', async () => {
    const { handler, state } = upstream();
    const { cache, speak } = await cached(handler);
    for (const wish of ['default', 'bypass', 'refresh', 'default'] as const) {
      const parts = await collect(speak(testRequest({ cache: wish }), testCall()));
      expect(startOf(parts)?.cache).toBe(
        { default: state.calls > 1 ? 'hit' : 'miss', bypass: 'bypass', refresh: 'miss' }[wish],
      );
      await vi.waitFor(() => expect(cache.stats().running).toBe(0));
    }
    expect(state.calls).toBe(3);
  });

  it.each<[string, SpeechPart | Error]>([
    ['failed', new SpeechError('incomplete', 'was silence')],
    ['moved to another voice', completePart({ seams: 1 })],
    ['was spoken by a substitute at last', completePart({ voice: 'other/voice' })],
    ['has no end', { type: 'warning', message: 'cut' }],
  ])('is not kept when it %s', async (_why, end) => {
    const { handler, state } = upstream({ end });
    const { cache, speak } = await cached(handler);
    for (let run = 0; run < 2; run += 1) {
      await collect(speak(testRequest(), testCall())).catch((error: unknown) => expect(error).toBe(end));
      await vi.waitFor(() => expect(cache.stats().running).toBe(0));
    }
    expect(state.calls).toBe(2);
    expect(cache.stats().clips).toBe(0);
  });
});

describe('a speech that is being made', () => {
  it('is made once for a hundred clients, and the same bytes for each', async () => {
    const { handler, state } = upstream({ chunks: 40 });
    const { speak } = await cached(handler);
    const clients = await Promise.all(Array.from({ length: 100 }, () => collect(speak(testRequest(), testCall()))));
    expect(state.calls).toBe(1);
    for (const parts of clients) expect(audioOf(parts).equals(sound(40))).toBe(true);
    expect(clients.filter((parts) => startOf(parts)?.cache === 'join')).toHaveLength(99);
  });

  it('gives a late client the start at once, then lives on', async () => {
    const { handler, state } = upstream({ stepped: true, chunks: 4 });
    const { speak } = await cached(handler);
    const first = collect(speak(testRequest(), testCall()));
    for (let made = 1; made <= 2; made += 1) {
      await vi.waitFor(() => (state.step(), expect(state.made).toBe(made)));
    }
    const late = speak(testRequest(), testCall())[Symbol.asyncIterator]();
    const early = [await late.next(), await late.next(), await late.next()].map(({ value }) => value as SpeechPart);
    expect(audioOf(early).equals(sound(2))).toBe(true);
    const timer = setInterval(() => state.step(), 1);
    const rest: SpeechPart[] = [];
    for (let result = await late.next(); !result.done; result = await late.next()) rest.push(result.value);
    clearInterval(timer);
    expect(audioOf([...early, ...rest]).equals(sound(4))).toBe(true);
    expect(audioOf(await first).equals(sound(4))).toBe(true);
    expect(state.calls).toBe(1);
  });

  it('goes on without its first client and is cancelled with its last', async () => {
    const { handler, state } = upstream({ stepped: true });
    const { cache, speak } = await cached(handler);
    const clients = [new AbortController(), new AbortController()];
    const ends = clients.map(({ signal }) => collect(speak(testRequest(), testCall({ signal }))));
    await vi.waitFor(() => (state.step(), expect(state.made).toBe(2)));
    clients[0]!.abort();
    await expect(ends[0]).rejects.toMatchObject({ code: 'cancelled' });
    await vi.waitFor(() => (state.step(), expect(state.made).toBe(3)));
    expect(state.aborted).toBe(0);
    const leftAtMs = performance.now();
    clients[1]!.abort();
    await expect(ends[1]).rejects.toMatchObject({ code: 'cancelled' });
    expect(state.aborted).toBe(1);
    expect(performance.now() - leftAtMs).toBeLessThan(50);
    expect(cache.stats().running).toBe(0);
  });

  it('is left by a reader that breaks off', async () => {
    const { handler, state } = upstream();
    const { cache, speak } = await cached(handler);
    for await (const part of speak(testRequest(), testCall())) if (part.type === 'audio') break;
    expect(state.aborted).toBe(1);
    expect(cache.stats().running).toBe(0);
  });

  it('fails for everyone who reads it, after the audio there was', async () => {
    const failure = new SpeechError('upstream_failed', 'gone');
    const { handler, state } = upstream({ end: failure });
    const { speak } = await cached(handler);
    const heard = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const parts: SpeechPart[] = [];
        try {
          for await (const part of speak(testRequest(), testCall())) parts.push(part);
        } catch (error) {
          expect(error).toBe(failure);
        }
        return audioOf(parts);
      }),
    );
    for (const audio of heard) expect(audio.equals(sound())).toBe(true);
    expect(state.calls).toBe(1);
  });

  it('waits only when all its clients are away', async () => {
    const { handler, state } = upstream({ stepped: true });
    const { speak } = await cached(handler);
    const clients = [new SuspensionSwitch(), new SuspensionSwitch()];
    const abort = new AbortController();
    const ends = clients.map((suspension) =>
      collect(speak(testRequest(), testCall({ suspension, signal: abort.signal }))),
    );
    await vi.waitFor(() => (state.step(), expect(state.made).toBe(1)));
    clients[0]!.suspend();
    expect(state.suspended).toBe(false);
    clients[1]!.suspend();
    expect(state.suspended).toBe(true);
    abort.abort();
    await Promise.allSettled(ends);
  });
});

describe('a client that does not read', () => {
  /** Reads one part, then waits; the other client reads everything. */
  async function withSlowReader(more: Partial<SpeechCacheOptions>, chunks: number) {
    const { handler, state } = upstream({ chunks, bytes: 8000 });
    const { cache, speak } = await cached(handler, more);
    const slow = speak(testRequest(), testCall())[Symbol.asyncIterator]();
    const seen: SpeechPart[] = [(await slow.next()).value as SpeechPart];
    const fast = collect(speak(testRequest(), testCall()));
    const rest = async (): Promise<Buffer> => {
      for (let result = await slow.next(); !result.done; result = await slow.next()) seen.push(result.value);
      return audioOf(seen);
    };
    return { cache, state, fast, rest };
  }

  it('does not hold the others up: what it has not read is on disk', async () => {
    const { fast, rest, state } = await withSlowReader({ maxMemoryBytes: 64 * 1024 }, 200);
    expect(audioOf(await fast).equals(sound(200, 8000))).toBe(true);
    expect(await readdir(dir)).toEqual([]);
    expect((await rest()).equals(sound(200, 8000))).toBe(true);
    expect(state.calls).toBe(1);
  });

  it('sets the pace of a speech that is too long to be kept', async () => {
    const limits = { maxMemoryBytes: 64 * 1024, maxClipBytes: 400_000 };
    const { cache, fast, rest, state } = await withSlowReader(limits, 200);
    let done = false;
    void fast.then(() => (done = true));
    await vi.waitFor(() => expect(state.made).toBeGreaterThan(50));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(done).toBe(false);
    expect(state.made).toBeLessThan(70);
    expect((await rest()).equals(sound(200, 8000))).toBe(true);
    expect(audioOf(await fast).equals(sound(200, 8000))).toBe(true);
    expect(cache.stats().clips).toBe(0);
  });
});
