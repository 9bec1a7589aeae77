import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedQueue } from './bounded-queue.js';

/** A source that obeys the queue: it pauses when told and goes on when there is room. */
async function feed(queue: BoundedQueue<number>, sizes: readonly number[], room: () => Promise<void>): Promise<number> {
  let most = 0;
  for (const [index, size] of sizes.entries()) {
    const more = queue.push(index, size);
    most = Math.max(most, queue.bytes);
    if (!more) await room();
  }
  queue.end();
  return most;
}

describe('BoundedQueue', () => {
  it('delivers everything in order and holds at most the limit and one item', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 200 }), async (items, maxBytes) => {
        let wake: (() => void) | undefined;
        const queue = new BoundedQueue<number>({ maxBytes, onRoom: () => wake?.() });
        const fed = feed(queue, items, () => new Promise((resolve) => (wake = resolve)));
        const seen: number[] = [];
        for await (const value of queue) {
          seen.push(value);
          if (value % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        expect(seen).toEqual(items.map((_, index) => index));
        expect(await fed).toBeLessThanOrEqual(maxBytes + Math.max(...items));
      }),
      { numRuns: 100 },
    );
  });

  it('gives what was queued before a failure, then the failure once, then the end', async () => {
    const queue = new BoundedQueue<string>({ maxBytes: 10 });
    queue.push('a', 1);
    queue.fail(new Error('cut'));
    queue.push('late', 1);
    expect(await queue.next()).toEqual({ done: false, value: 'a' });
    await expect(queue.next()).rejects.toThrow('cut');
    expect((await queue.next()).done).toBe(true);
  });

  it('rejects a waiting reader when it fails', async () => {
    const queue = new BoundedQueue<string>({ maxBytes: 10 });
    const waiting = queue.next();
    queue.fail(new Error('cut'));
    await expect(waiting).rejects.toThrow('cut');
  });

  it('tells the source once when the reader leaves, and lets go of what it held', async () => {
    let closed = 0;
    const queue = new BoundedQueue<string>({ maxBytes: 10, onClose: () => (closed += 1) });
    queue.push('a', 8);
    for await (const value of queue) if (value === 'a') break;
    await queue.return();
    expect(closed).toBe(1);
    expect(queue.push('b', 8)).toBe(false);
    expect(queue.bytes).toBe(0);
  });
});
