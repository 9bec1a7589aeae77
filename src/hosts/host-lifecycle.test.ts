import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { execArgvFor } from './engine-module.js';
import { all, hostPid, isAlive, testPool, until, type TestPool } from './fixtures/test-pool.js';

describe('a pool', () => {
  let test: TestPool;
  afterEach(() => test.registry.close());

  it('starts nothing before it is needed, and then every host', async () => {
    test = testPool({ hosts: 2 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(test.registry.stats()).toEqual({ test: { hosts: 2, ready: 0, active: 0, queued: 0, restarts: 0 } });
    expect(await all(test.open({ do: 'late', afterMs: 0 }))).toEqual(['late']);
    expect(await until(() => test.pool.stats().ready === 2, 5_000)).toBe(true);
  });

  it('spreads jobs over its hosts and reports how long they queued', async () => {
    const waitsMs: number[] = [];
    test = testPool({ hosts: 2, jobsPerHost: 2 }, { onQueueWait: (_, waitMs) => waitsMs.push(waitMs) });
    await test.pool.ready();
    await until(() => test.pool.stats().ready === 2, 5_000);
    const hold = test.open({ do: 'wait' })[Symbol.asyncIterator]();
    await hold.next();
    const pids = await Promise.all([hostPid(test.pool), hostPid(test.pool)]);
    expect(new Set(pids).size).toBe(2);
    await hold.return?.();
    expect(waitsMs).toHaveLength(3);
    expect(Math.max(...waitsMs)).toBeLessThan(1_000);
  });

  it('refuses one job more than may wait', async () => {
    test = testPool({ jobsPerHost: 1, maxQueued: 2 });
    await test.pool.ready();
    const running = test.open({ do: 'wait' })[Symbol.asyncIterator]();
    await running.next();
    const waiting = [all(test.open({ do: 'late', afterMs: 0 })), all(test.open({ do: 'late', afterMs: 0 }))];
    await expect(all(test.open({ do: 'late', afterMs: 0 }))).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterMs: expect.any(Number) as number,
    });
    await running.return?.();
    expect(await Promise.all(waiting)).toEqual([['late'], ['late']]);
  });

  it('lets running and queued jobs end when it drains, takes no new ones, and leaves no process', async () => {
    test = testPool({ jobsPerHost: 1 });
    const pid = await hostPid(test.pool);
    const jobs = [all(test.open({ do: 'late', afterMs: 100 })), all(test.open({ do: 'late', afterMs: 0 }))];
    const closing = test.pool.close(5_000);
    expect(test.pool.close()).toBe(closing);
    await expect(all(test.open({ do: 'echo' }))).rejects.toMatchObject({ code: 'unavailable' });
    await expect(test.pool.ready()).rejects.toMatchObject({ code: 'unavailable' });
    expect(await Promise.all(jobs)).toEqual([['late'], ['late']]);
    await closing;
    expect(isAlive(pid)).toBe(false);
    expect(test.registry.stats()).toEqual({});
  });

  it('fails what is not done when the drain time is over, a host that blocks included', async () => {
    test = testPool({ jobsPerHost: 1 });
    const pid = await hostPid(test.pool);
    const blocked = test.open({ do: 'block', forMs: 60_000 })[Symbol.asyncIterator]();
    await blocked.next();
    const queued = all(test.open({ do: 'late', afterMs: 0 }));
    const failures = Promise.allSettled([blocked.next(), queued]);
    await test.pool.close(50);
    for (const result of await failures) expect(result).toMatchObject({ reason: { code: 'unavailable' } });
    expect(isAlive(pid)).toBe(false);
  });

  it('can be closed before it was started and while it starts', async () => {
    test = testPool();
    await test.pool.close();
    const starting = testPool();
    const ready = starting.pool.ready();
    const closing = starting.registry.close();
    await expect(ready).rejects.toMatchObject({ code: 'unavailable' });
    await closing;
  });
});

describe('a gateway process', () => {
  let parent: ChildProcess;
  afterEach(() => parent.kill('SIGKILL'));

  async function start(): Promise<{ lines: AsyncIterator<string>; pid: number }> {
    const script = new URL('./fixtures/parent.ts', import.meta.url);
    parent = spawn(process.execPath, [...execArgvFor(script), fileURLToPath(script)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    if (!parent.stdout) throw new Error('no stdout');
    const lines = createInterface(parent.stdout)[Symbol.asyncIterator]();
    const first = (await lines.next()).value as string;
    return { lines, pid: Number(first) };
  }

  it('takes its hosts along when it is killed', async () => {
    const { pid } = await start();
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    expect(await until(() => !isAlive(pid), 3_000)).toBe(true);
  });

  it('can drain after a signal to the whole process group', async () => {
    const { lines, pid } = await start();
    const exit = new Promise<unknown>((resolve) => parent.once('exit', (code, signal) => resolve(signal ?? code)));
    process.kill(-(parent.pid ?? 0), 'SIGTERM');
    expect((await lines.next()).value).toBe('late');
    // Nothing keeps it alive once the pool is closed: no process, no timer, no listener.
    expect(await exit).toBe(0);
    expect(isAlive(pid)).toBe(false);
  });
});
