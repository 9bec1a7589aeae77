import { describe, expect, it } from 'vitest';
import { abortable, linkedAbort } from './abort.js';
import { SpeechError } from './speech-error.js';

async function* counting(released: () => void, stallAt = Infinity): AsyncGenerator<number, void, undefined> {
  try {
    for (let value = 0; value < 1000; value += 1) {
      if (value === stallAt) await new Promise<never>(() => {});
      yield value;
    }
  } finally {
    released();
  }
}

describe('abortable', () => {
  it('hands on the values and ends where the source ends', async () => {
    const seen: number[] = [];
    for await (const value of abortable(
      counting(() => {}),
      new AbortController().signal,
    ))
      seen.push(value);
    expect(seen).toHaveLength(1000);
  });

  it('rejects a pull in flight at once, with the reason of the signal', async () => {
    const controller = new AbortController();
    const stream = abortable(
      counting(() => {}, 2),
      controller.signal,
    );
    await stream.next();
    await stream.next();
    const stalled = stream.next();
    const reason = new SpeechError('deadline', 'too late');
    const abortedAt = performance.now();
    controller.abort(reason);
    await expect(stalled).rejects.toBe(reason);
    expect(performance.now() - abortedAt).toBeLessThan(20);
  });

  it('turns a plain abort into `cancelled`, for every later pull too', async () => {
    const controller = new AbortController();
    const stream = abortable(
      counting(() => {}),
      controller.signal,
    );
    controller.abort();
    await expect(stream.next()).rejects.toMatchObject({ code: 'cancelled' });
    await expect(stream.next()).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('closes the source when its reader leaves, and when it is aborted between two pulls', async () => {
    let released = 0;
    for await (const value of abortable(
      counting(() => (released += 1)),
      new AbortController().signal,
    )) {
      if (value === 3) break;
    }
    const controller = new AbortController();
    const stream = abortable(
      counting(() => (released += 1)),
      controller.signal,
    );
    await stream.next();
    controller.abort();
    await new Promise((resolve) => setImmediate(resolve));
    expect(released).toBe(2);
  });
});

describe('linkedAbort', () => {
  it('follows its parent with the reason, and not after dispose', () => {
    const parent = new AbortController();
    const child = linkedAbort(parent.signal);
    const detached = linkedAbort(parent.signal);
    detached.dispose();
    const reason = new Error('gone');
    parent.abort(reason);
    expect(child.signal.reason).toBe(reason);
    expect(detached.signal.aborted).toBe(false);
    expect(linkedAbort(parent.signal).signal.reason).toBe(reason);
  });

  it('leaves its parent alone', () => {
    const parent = new AbortController();
    linkedAbort(parent.signal).abort(new Error('mine'));
    expect(parent.signal.aborted).toBe(false);
  });
});
