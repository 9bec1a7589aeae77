import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  audioPart,
  collect,
  completePart,
  startPart,
  streamOf,
  testCall,
  testRequest,
} from '../../test/support/speech-parts.js';
import { SpeechError } from '../core/speech-error.js';
import { SlotPool, type Slot, type SlotPoolOptions, type SlotPriority, type SlotTicket } from './slot-pool.js';
import { slots } from './slots.js';

const pool = (more: Partial<SlotPoolOptions> = {}): SlotPool =>
  new SlotPool({ provider: 'vendor', maxActive: 1, maxQueued: 100, ...more });
const ticket = (more: Partial<SlotTicket> = {}): SlotTicket => ({
  priority: 'realtime',
  key: 'a',
  signal: new AbortController().signal,
  ...more,
});

/** Queues these behind a full pool, then lets one after the other through; the order in which they got in. */
async function order(waiting: readonly (readonly [SlotPriority, string])[]): Promise<string[]> {
  const one = pool();
  const held = await one.acquire(ticket());
  const seen: string[] = [];
  const all = waiting.map(async ([priority, key]) => {
    const slot = await one.acquire(ticket({ priority, key }));
    seen.push(`${priority[0]}:${key}`);
    slot.release();
  });
  held.release();
  await Promise.all(all);
  expect([one.active, one.depth]).toEqual([0, 0]);
  return seen;
}

describe('slot pool', () => {
  it('lets keys take turns', async () => {
    const waiting = ['a', 'a', 'a', 'b', 'c', 'b'].map((key) => ['realtime', key] as const);
    expect(await order(waiting)).toEqual(['r:a', 'r:b', 'r:c', 'r:a', 'r:b', 'r:a']);
  });

  it('lets realtime go before batch without starving it, and speeches that are heard before both', async () => {
    const waiting = [
      ...Array.from({ length: 2 }, () => ['batch', 'b'] as const),
      ...Array.from({ length: 20 }, () => ['realtime', 'a'] as const),
      ['ongoing', 'o'] as const,
    ];
    const seen = await order(waiting);
    expect(seen[0]).toBe('o:o');
    expect(seen.indexOf('b:b')).toBe(8);
    expect(seen.lastIndexOf('b:b')).toBe(16);
  });

  it('refuses at once when full, with a time to come back', async () => {
    const one = pool({ maxQueued: 1 });
    await one.acquire(ticket());
    void one.acquire(ticket()).catch(() => {});
    const startedAtMs = performance.now();
    const refused = await one.acquire(ticket()).catch((error: unknown) => error as SpeechError);
    expect(performance.now() - startedAtMs).toBeLessThan(5);
    expect(refused).toMatchObject({ code: 'unavailable', provider: 'vendor' });
    expect((refused as SpeechError).retryAfterMs).toBeGreaterThanOrEqual(250);
    void one.acquire(ticket({ priority: 'ongoing' }));
    expect(one.depth).toBe(2);
  });

  it('takes the place of batch, or of a key with many, when full', async () => {
    const one = pool({ maxQueued: 3 });
    await one.acquire(ticket());
    const lost: string[] = [];
    const wait = (name: string, more: Partial<SlotTicket>) =>
      void one.acquire(ticket(more)).catch(() => lost.push(name));
    wait('greedy 1', { key: 'g' });
    wait('greedy 2', { key: 'g' });
    wait('batch', { key: 'x', priority: 'batch' });
    wait('modest', { key: 'm' });
    await Promise.resolve();
    wait('other', { key: 'n' });
    wait('third', { key: 'g' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(lost).toEqual(['batch', 'greedy 2', 'third']);
    expect(one.depth).toBe(3);
  });

  it('ends a wait by deadline or abort and forgets who waited', async () => {
    const one = pool();
    const held = await one.acquire(ticket());
    const client = new AbortController();
    const late = one.acquire(ticket({ deadlineAtMs: performance.now() + 20 }));
    const gone = one.acquire(ticket({ signal: client.signal }));
    client.abort();
    await expect(gone).rejects.toMatchObject({ code: 'cancelled' });
    await expect(late).rejects.toMatchObject({ code: 'deadline' });
    expect(one.depth).toBe(0);
    held.release();
    held.release();
    expect(one.active).toBe(0);
    await expect(one.acquire(ticket({ signal: client.signal }))).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('never exceeds its slots, loses none and tells each wait, whatever happens', async () => {
    const action = fc.constantFrom('enter', 'leave', 'abort', 'twice');
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 80 }),
        fc.integer({ min: 1, max: 4 }),
        async (actions, maxActive) => {
          let waits = 0;
          const one = pool({ maxActive, maxQueued: 5, onWait: () => (waits += 1) });
          const held: Slot[] = [];
          const clients: AbortController[] = [];
          let entered = 0;
          for (const [index, next] of actions.entries()) {
            if (next === 'enter') {
              const client = new AbortController();
              clients.push(client);
              const key = `k${index % 3}`;
              const priority = index % 2 ? 'batch' : 'realtime';
              one.acquire(ticket({ key, priority, signal: client.signal })).then(
                (slot) => (held.push(slot), (entered += 1)),
                () => {},
              );
            } else if (next === 'abort') clients.shift()?.abort();
            else {
              const slot = held.shift();
              slot?.release();
              if (next === 'twice') slot?.release();
            }
            await new Promise((resolve) => setImmediate(resolve));
            expect(one.active).toBe(held.length);
            expect(one.active).toBeLessThanOrEqual(maxActive);
            expect(one.depth).toBeLessThanOrEqual(5);
            if (one.depth > 0) expect(one.active).toBe(maxActive);
          }
          expect(waits).toBe(entered);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('slots', () => {
  it('gives the slot back exactly once however the stream ends', async () => {
    const one = pool();
    const parts = [startPart(), audioPart(0, 'a'), completePart()];
    await collect(slots(one)(() => streamOf(parts))(testRequest(), testCall()));
    expect(one.active).toBe(0);
    await collect(
      slots(one)(() => streamOf([startPart(), new SpeechError('internal', 'x')]))(testRequest(), testCall()),
    ).catch(() => {});
    expect(one.active).toBe(0);
    for await (const part of slots(one)(() => streamOf(parts))(testRequest(), testCall())) {
      expect(one.active).toBe(1);
      if (part.type === 'audio') break;
    }
    expect(one.active).toBe(0);
    const client = new AbortController();
    void collect(slots(one)(() => streamOf(['stall']))(testRequest(), testCall({ signal: client.signal })));
    await new Promise((resolve) => setImmediate(resolve));
    expect(one.active).toBe(1);
    client.abort();
    expect(one.active).toBe(0);
  });

  it('waits no longer than the request allows', async () => {
    const one = pool();
    await one.acquire(ticket());
    const speech = collect(slots(one)(() => streamOf([]))(testRequest({ deadlineMs: 15 }), testCall()));
    await expect(speech).rejects.toMatchObject({ code: 'deadline' });
  });
});
