import { expect, it } from 'vitest';
import { BoundedQueue } from '../core/bounded-queue.js';
import { ReplayBuffer, type TextStretch } from './replay-buffer.js';

const stretch = (index: number): TextStretch => ({ textStart: index * 10, textEnd: index * 10 + 10 });

it('goes on from any offset, with what was read and what is still to come', async () => {
  const source = new BoundedQueue<TextStretch>({ maxBytes: Infinity });
  const buffer = new ReplayBuffer(source);
  for (let index = 0; index < 3; index += 1) source.push(stretch(index), 1);
  const first = buffer.from(0);
  for (let index = 0; index < 3; index += 1) expect((await first.next()).value).toEqual(stretch(index));
  const parked = first.next();
  const second = buffer.from(14);
  expect((await second.next()).value).toEqual(stretch(1));
  expect((await second.next()).value).toEqual(stretch(2));
  const waiting = second.next();
  source.push(stretch(3), 1);
  source.end();
  expect((await waiting).value).toEqual(stretch(3));
  expect((await parked).done).toBe(true);
  expect((await second.next()).done).toBe(true);
});

it('keeps only what has not been spoken', async () => {
  const source = new BoundedQueue<TextStretch>({ maxBytes: Infinity });
  const buffer = new ReplayBuffer(source);
  for (let index = 0; index < 50; index += 1) {
    source.push(stretch(index), 1);
  }
  source.end();
  for await (const { textStart } of buffer.from(0)) {
    buffer.spokenTo(textStart);
    expect(buffer.size).toBeLessThanOrEqual(1);
  }
});

it('passes on how the text failed', async () => {
  const source = new BoundedQueue<TextStretch>({ maxBytes: Infinity });
  source.fail(new Error('gone'));
  await expect(new ReplayBuffer(source).from(0).next()).rejects.toThrow('gone');
});
