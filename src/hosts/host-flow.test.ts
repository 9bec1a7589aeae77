import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SpeechError } from '../core/speech-error.js';
import { all, testPool, until, type TestPool } from './fixtures/test-pool.js';

interface Flood {
  readonly i: number;
  readonly chunk: Buffer;
  readonly rss: number;
}

describe('a job in a host', () => {
  let test: TestPool;
  beforeAll(async () => {
    test = testPool();
    await test.pool.ready();
  });
  afterAll(() => test.registry.close());

  it('gives back what went in, in order, with bytes and objects intact', async () => {
    const channel = test.open({ do: 'echo' });
    const sent: unknown[] = [];
    const sending = (async () => {
      for (let i = 0; i < 300; i += 1) {
        const payload = i % 2 ? Buffer.alloc(1000, i) : { i, when: new Date(i) };
        sent.push(payload);
        await channel.send(payload, 1000);
      }
      channel.end();
    })();
    expect(await all(channel)).toEqual(sent);
    await sending;
  });

  it('carries several jobs at once without mixing them', async () => {
    const answers = Array.from({ length: 6 }, async (_, i) => {
      const channel = test.open({ do: 'echo' });
      for (let j = 0; j < 5; j += 1) await channel.send(`${i}.${j}`, 8);
      channel.end();
      return all(channel);
    });
    for (const [i, answer] of (await Promise.all(answers)).entries()) {
      expect(answer).toEqual([0, 1, 2, 3, 4].map((j) => `${i}.${j}`));
    }
  });

  it('sends the first output while a synchronous engine is still busy', async () => {
    const startedMs = performance.now();
    const output = test.open({ do: 'block', forMs: 400 })[Symbol.asyncIterator]();
    expect(await output.next()).toEqual({ done: false, value: 'blocking' });
    expect(performance.now() - startedMs).toBeLessThan(200);
    expect((await output.next()).done).toBe(true);
    expect(performance.now() - startedMs).toBeGreaterThan(350);
  });

  it('holds back an engine that pays attention when the reader stops', async () => {
    const chunkBytes = 16 * 1024;
    const reader = test.open({ do: 'flood-politely', chunks: 1000, bytes: chunkBytes })[Symbol.asyncIterator]();
    await reader.next();
    await new Promise((resolve) => setTimeout(resolve, 150));
    let lastRss = 0;
    let firstRss = 0;
    let count = 1;
    for (let step = await reader.next(); !step.done; step = await reader.next()) {
      const { i, chunk, rss } = step.value as Flood;
      expect(i).toBe(count);
      expect(chunk.readUInt32BE()).toBe(count);
      firstRss ||= rss;
      lastRss = rss;
      count += 1;
    }
    expect(count).toBe(1000);
    expect(lastRss - firstRss).toBeLessThan(64 * 1024 * 1024);
  });

  it('keeps no more than the window in the gateway while a flood waits in the host', async () => {
    const chunkBytes = 16 * 1024;
    const reader = test.open({ do: 'flood', chunks: 2000, bytes: chunkBytes })[Symbol.asyncIterator]();
    await reader.next();
    const before = process.memoryUsage();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(1024 * 1024);
    await reader.return?.();
  });

  it('resolves send only as the engine takes what was sent', async () => {
    const channel = test.open({ do: 'slow-echo', eachMs: 30 });
    const reading = all(channel);
    const chunk = Buffer.alloc(128 * 1024);
    const startedMs = performance.now();
    for (let i = 0; i < 6; i += 1) await channel.send(chunk, chunk.length);
    // Two fit into the window; the sixth has to wait until the engine has taken five.
    expect(performance.now() - startedMs).toBeGreaterThan(100);
    channel.end();
    expect(await reading).toHaveLength(6);
  });

  it.each(['open', 'push', 'run'] as const)('fails only the job whose engine throws in %s', async (where) => {
    const other = test.open({ do: 'echo' });
    const channel = test.open({ do: 'throw', where, speech: true });
    await channel.send('x', 1).catch(() => undefined);
    await expect(all(channel)).rejects.toMatchObject({
      code: 'unsupported',
      message: 'No such language.',
      param: 'language',
      retryable: true,
    });
    await other.send('still here', 8);
    other.end();
    expect(await all(other)).toEqual(['still here']);
  });

  it('tells the log, and not the client, what a bug in an engine said', async () => {
    const error: unknown = await all(test.open({ do: 'throw', where: 'open', speech: false })).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'upstream_failed', retryable: true });
    expect((error as SpeechError).message).not.toContain('secret');
    expect(String((error as SpeechError).cause)).toContain('secret');
  });

  it('survives a payload that cannot be cloned', async () => {
    const channel = test.open({ do: 'echo' });
    await channel.send(() => undefined, 1);
    await expect(all(channel)).rejects.toMatchObject({ code: 'upstream_failed' });
    await test.pool.ready();
  });
});

describe('cancelling', () => {
  let test: TestPool;
  beforeAll(async () => {
    test = testPool({ jobsPerHost: 1 });
    await test.pool.ready();
  });
  afterAll(() => test.registry.close());

  it('fails the channel at once, with the reason of the signal, and frees the place', async () => {
    const abort = new AbortController();
    const reader = test.open({ do: 'wait' }, abort.signal)[Symbol.asyncIterator]();
    expect((await reader.next()).value).toBe('waiting');
    const pull = reader.next();
    const startedMs = performance.now();
    abort.abort(new SpeechError('deadline', 'Too late.'));
    await expect(pull).rejects.toMatchObject({ code: 'deadline' });
    expect(performance.now() - startedMs).toBeLessThan(20);
    expect(await all(test.open({ do: 'late', afterMs: 0 }))).toEqual(['late']);
    expect(test.pool.stats()).toMatchObject({ active: 0, queued: 0, restarts: 0 });
  });

  it('drops what was queued for the reader', async () => {
    const abort = new AbortController();
    const reader = test.open({ do: 'flood', chunks: 50, bytes: 1024 }, abort.signal)[Symbol.asyncIterator]();
    await reader.next();
    // The job is over, all of its output is in the gateway: the reader is told of the abort all the same.
    await until(() => test.pool.stats().active === 0, 1_000);
    abort.abort();
    await expect(reader.next()).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('cancels when the reader leaves the loop', async () => {
    for await (const word of test.open({ do: 'wait' })) {
      expect(word).toBe('waiting');
      break;
    }
    expect(await all(test.open({ do: 'late', afterMs: 0 }))).toEqual(['late']);
  });

  it('ends an engine that only waits for more input', async () => {
    const abort = new AbortController();
    const channel = test.open({ do: 'echo' }, abort.signal);
    await channel.send('x', 1);
    abort.abort();
    await expect(all(channel)).rejects.toMatchObject({ code: 'cancelled' });
    await expect(channel.send('y', 1)).rejects.toMatchObject({ code: 'cancelled' });
    expect(await all(test.open({ do: 'late', afterMs: 0 }))).toEqual(['late']);
  });

  it('forgets a job that was still queued, and one whose signal had fired before', async () => {
    const running = new AbortController();
    const queued = new AbortController();
    const first = test.open({ do: 'wait' }, running.signal)[Symbol.asyncIterator]();
    await first.next();
    const second = test.open({ do: 'late', afterMs: 0 }, queued.signal);
    expect(test.pool.stats()).toMatchObject({ active: 1, queued: 1 });
    queued.abort();
    await expect(all(second)).rejects.toMatchObject({ code: 'cancelled' });
    expect(test.pool.stats()).toMatchObject({ active: 1, queued: 0 });
    await expect(all(test.open({ do: 'late', afterMs: 0 }, AbortSignal.abort()))).rejects.toMatchObject({
      code: 'cancelled',
    });
    running.abort();
    await expect(first.next()).rejects.toMatchObject({ code: 'cancelled' });
  });
});
