import { describe, expect, it } from 'vitest';
import { SpeechError } from '../../../src/core/speech-error.js';
import type { HostFactory } from '../../../src/core/host.js';
import type { ModelRecipe } from '../inference/inference-job.js';
import { Dispatcher, type Lease, type Wish } from './dispatcher.js';
import { Worker } from './worker.js';

// No process is started: places are given before a host is asked for.
const hosts: HostFactory = {
  pool: () => {
    throw new Error('no host is needed here');
  },
};
const model = (key: string, bytes = 10): ModelRecipe => ({
  key,
  path: key,
  bytes,
  inputs: [],
  output: 'y',
  durations: 'none',
  hop: undefined,
  cut: true,
  vocoder: undefined,
  trimEnd: 0,
});
const crew = (count: number, slots: number): Worker[] =>
  Array.from(
    { length: count },
    () => new Worker({ name: 'w', hosts, slots, init: { budgetBytes: 25, executionProviders: ['cpu'], threads: 1 } }),
  );
const wish = (more: Partial<Wish> = {}): Wish => ({
  model: model('a'),
  session: 's',
  batch: false,
  byMs: undefined,
  signal: new AbortController().signal,
  ...more,
});

describe('places on the workers', () => {
  it('spread one model over idle workers, and return to where a model is loaded', async () => {
    const workers = crew(2, 4);
    const dispatcher = new Dispatcher(workers, { maxQueued: 10, maxWaitMs: 1000 });
    const leases = await Promise.all([0, 1, 2, 3].map(() => dispatcher.acquire(wish())));
    expect(workers.map(({ active }) => active)).toEqual([2, 2]);
    for (const lease of leases) lease.release();
    const b = await dispatcher.acquire(wish({ model: model('b') }));
    b.release();
    const again = await dispatcher.acquire(wish({ model: model('b') }));
    expect(again.worker).toBe(b.worker);
    again.release();
  });

  it('avoid a worker that would have to let another model go', async () => {
    const workers = crew(2, 8);
    const dispatcher = new Dispatcher(workers, { maxQueued: 10, maxWaitMs: 1000 });
    const first = await dispatcher.acquire(wish({ model: model('big', 20) }));
    const second = await dispatcher.acquire(wish({ model: model('other', 20) }));
    expect(second.worker).not.toBe(first.worker);
  });

  it('are given in turns to sessions, listeners before batch work', async () => {
    const dispatcher = new Dispatcher(crew(1, 1), { maxQueued: 10, maxWaitMs: 1000 });
    const held = await dispatcher.acquire(wish());
    const order: string[] = [];
    const wait = async (name: string, more: Partial<Wish>): Promise<void> => {
      const lease: Lease = await dispatcher.acquire(wish(more));
      order.push(name);
      await Promise.resolve();
      lease.release();
    };
    const all = [
      wait('batch', { session: 'z', batch: true }),
      wait('a1', { session: 'a' }),
      wait('a2', { session: 'a' }),
      wait('a3', { session: 'a' }),
      wait('b1', { session: 'b' }),
    ];
    expect(dispatcher.figures().queued).toBe(5);
    held.release();
    await Promise.all(all);
    expect(order).toEqual(['a1', 'b1', 'a2', 'a3', 'batch']);
    expect(dispatcher.figures()).toMatchObject({ queued: 0, refused: 0 });
  });

  it('leave one to listeners when batch work fills the workers', async () => {
    const dispatcher = new Dispatcher(crew(1, 2), { maxQueued: 10, maxWaitMs: 1000 });
    await dispatcher.acquire(wish({ batch: true }));
    const waiting = dispatcher.acquire(wish({ batch: true, byMs: performance.now() + 50 }));
    (await dispatcher.acquire(wish())).release();
    await expect(waiting).rejects.toMatchObject({ code: 'deadline' });
  });

  it('are refused when too many wait for the same model, and after the deadline', async () => {
    const dispatcher = new Dispatcher(crew(1, 1), { maxQueued: 1, maxWaitMs: 60 });
    await dispatcher.acquire(wish());
    const waiting = dispatcher.acquire(wish());
    await expect(dispatcher.acquire(wish())).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterMs: expect.any(Number),
    });
    const other = dispatcher.acquire(wish({ model: model('other'), byMs: performance.now() + 20 }));
    await expect(other).rejects.toMatchObject({ code: 'deadline' });
    await expect(waiting).rejects.toMatchObject({ code: 'deadline' });
    expect(dispatcher.figures()).toMatchObject({ queued: 0, refused: 3 });
  });

  it('are not kept for someone who has gone', async () => {
    const dispatcher = new Dispatcher(crew(1, 1), { maxQueued: 5, maxWaitMs: 1000 });
    const held = await dispatcher.acquire(wish());
    const gone = new AbortController();
    const waiting = dispatcher.acquire(wish({ signal: gone.signal }));
    const next = dispatcher.acquire(wish());
    gone.abort(new SpeechError('cancelled', 'gone'));
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    held.release();
    held.release();
    const lease = await next;
    expect(lease.worker.active).toBe(1);
  });
});
