import { afterEach, describe, expect, it } from 'vitest';
import { all, hostPid, isAlive, testPool, until, type TestPool } from './fixtures/test-pool.js';

describe('a host that dies', () => {
  let test: TestPool;
  afterEach(() => test.registry.close());

  it('fails its channels, leaves the other host alone, and is started again', async () => {
    const restarted: string[] = [];
    test = testPool({ hosts: 2, jobsPerHost: 1 }, { onRestart: (pool) => restarted.push(pool) });
    await test.pool.ready();
    await until(() => test.pool.stats().ready === 2, 5_000);
    const pid = await hostPid(test.pool);
    const reader = test.open({ do: 'wait' })[Symbol.asyncIterator]();
    const other = test.open({ do: 'slow-echo', eachMs: 50 });
    await reader.next();
    await other.send('a', 1);
    const pull = reader.next();
    const startedMs = performance.now();
    process.kill(pid, 'SIGKILL');
    await expect(pull).rejects.toMatchObject({ code: 'upstream_failed', retryable: true });
    expect(performance.now() - startedMs).toBeLessThan(150);
    await expect(pull).rejects.toThrow(/test host/);
    await other.send('b', 1);
    other.end();
    expect(await all(other)).toEqual(['a', 'b']);
    expect(await until(() => test.pool.stats().ready === 2, 5_000)).toBe(true);
    expect(test.pool.stats()).toMatchObject({ restarts: 1, active: 0 });
    expect(restarted).toEqual(['test']);
  });

  it('delivers what it had made before it died, then the failure', async () => {
    test = testPool();
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const word of test.open({ do: 'exit', code: 3 })) seen.push(word);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'upstream_failed', cause: 'ended with code 3' });
    expect(seen).toEqual(['leaving']);
  });

  it('lets jobs wait for the next host', async () => {
    test = testPool({ jobsPerHost: 1 });
    const dying = all(test.open({ do: 'exit', code: 1 }));
    const waiting = all(test.open({ do: 'late', afterMs: 0 }));
    await expect(dying).rejects.toMatchObject({ code: 'upstream_failed' });
    expect(await waiting).toEqual(['late']);
  });

  it('is killed when it hangs in a job that was cancelled', async () => {
    test = testPool({ jobsPerHost: 1 }, { timing: { stuckAfterMs: 100 } });
    const pid = await hostPid(test.pool);
    for await (const word of test.open({ do: 'block', forMs: 60_000 })) {
      expect(word).toBe('blocking');
      break;
    }
    expect(await until(() => !isAlive(pid), 5_000)).toBe(true);
    expect(await all(test.open({ do: 'late', afterMs: 0 }))).toEqual(['late']);
  });
});

describe('an engine that cannot be loaded', () => {
  let test: TestPool;
  afterEach(() => test.registry.close());

  it('fails ready() and open() with the reason, and waiting jobs with it', async () => {
    test = testPool({ init: { failLoad: 'Cannot find package in /home/someone/app/node_modules' }, hosts: 2 });
    const waiting = all(test.open({ do: 'echo' }));
    const unavailable = { code: 'unavailable', retryable: true };
    await expect(test.pool.ready()).rejects.toMatchObject(unavailable);
    await expect(waiting).rejects.toThrow(/could not be loaded: Cannot find package in …/);
    const startedMs = performance.now();
    await expect(all(test.open({ do: 'echo' }))).rejects.toMatchObject(unavailable);
    expect(performance.now() - startedMs).toBeLessThan(20);
  });

  it('names the module that is missing', async () => {
    test = testPool({ module: new URL('./no-such-engine.js', import.meta.url) });
    await expect(test.pool.ready()).rejects.toThrow(/no-such-engine|Cannot find module/);
  });

  it('says how the process ended when it gave no reason', async () => {
    test = testPool({ init: { exitOnLoad: 7 } });
    await expect(test.pool.ready()).rejects.toMatchObject({ code: 'unavailable', cause: 'ended with code 7' });
  });

  it('gives up on a host that loads for too long', async () => {
    test = testPool({ init: { loadMs: 60_000 } }, { timing: { loadTimeoutMs: 300 } });
    await expect(test.pool.ready()).rejects.toThrow(/took too long/);
  });

  it('is tried again later and later, not in a storm', async () => {
    const startsMs: number[] = [];
    test = testPool({ init: { exitOnLoad: 7 } }, { onRestart: () => startsMs.push(performance.now()) });
    await expect(test.pool.ready()).rejects.toMatchObject({ code: 'unavailable' });
    await until(() => startsMs.length >= 4, 15_000);
    const gapsMs = startsMs.slice(1).map((atMs, i) => atMs - (startsMs[i] ?? 0));
    expect(gapsMs[2]).toBeGreaterThanOrEqual(200);
  });
});
