import { describe, expect, it, vi } from 'vitest';
import {
  audioOf,
  audioPart,
  collect,
  completePart,
  startPart,
  streamOf,
  testCall,
  testRequest,
} from '../../test/support/speech-parts.js';
import type { SpeechHandler } from '../core/speech-handler.js';
import type { SpeechPart } from '../core/speech-part.js';
import { SuspensionSwitch } from '../core/suspension.js';
import { suspendable } from './suspendable.js';

const CHUNKS = ['ab', 'cde', 'f', 'ghij', 'k'].map((text, seq) => audioPart(seq, text));
const WORD: SpeechPart = {
  type: 'timing',
  kind: 'word',
  value: 'a',
  startMs: 0,
  endMs: 1,
  textStart: 0,
  textEnd: 1,
  source: 'native',
};
const PARTS: SpeechPart[] = [
  startPart(),
  CHUNKS[0]!,
  WORD,
  ...CHUNKS.slice(1),
  completePart({ bytes: 11, lastSeq: 4 }),
];

/** Answers every call with the whole clip; the first answers cut their chunks differently from the later ones. */
function provider(): { handler: SpeechHandler; calls: AbortSignal[] } {
  const calls: AbortSignal[] = [];
  const handler: SpeechHandler = (_request, call) => {
    calls.push(call.signal);
    const again = calls.length > 1;
    return streamOf(again ? [startPart(), audioPart(0, 'abcdef'), WORD, audioPart(1, 'ghijk'), completePart()] : PARTS);
  };
  return { handler, calls };
}

describe('suspendable', () => {
  it('is not there for speeches that cannot be resumed', async () => {
    const { handler } = provider();
    expect(await collect(suspendable(handler)(testRequest(), testCall()))).toEqual(PARTS);
  });

  it('closes the provider when the client leaves and goes on at the very byte, wherever that was', async () => {
    for (let stop = 0; stop < PARTS.length; stop += 1) {
      const suspension = new SuspensionSwitch();
      const { handler, calls } = provider();
      const stream = suspendable(handler)(testRequest(), testCall({ suspension }))[Symbol.asyncIterator]();
      const seen: SpeechPart[] = [];
      for (let count = 0; count < stop; count += 1) seen.push((await stream.next()).value as SpeechPart);
      suspension.suspend();
      if (calls.length > 0) expect(calls[0]!.aborted).toBe(true);
      const parked = stream.next();
      await new Promise((resolve) => setImmediate(resolve));
      suspension.resume();
      for (let result = await parked; !result.done; result = await stream.next()) seen.push(result.value);
      expect(audioOf(seen).toString()).toBe('abcdefghijk');
      expect(seen.filter(({ type }) => type === 'timing')).toHaveLength(1);
      expect(seen.filter(({ type }) => type === 'start')).toHaveLength(1);
      expect(seen.flatMap((part) => (part.type === 'audio' ? [part.seq] : []))).toEqual([
        ...seen.filter(({ type }) => type === 'audio').keys(),
      ]);
      expect(seen.at(-1)).toMatchObject({ type: 'complete', bytes: 11 });
    }
  });

  it('does not ask again for a clip that had come to its end', async () => {
    const suspension = new SuspensionSwitch();
    const { handler, calls } = provider();
    const stream = suspendable(handler)(testRequest(), testCall({ suspension }))[Symbol.asyncIterator]();
    for (let { value } = await stream.next(); value?.type !== 'complete';) ({ value } = await stream.next());
    suspension.suspend();
    suspension.resume();
    expect((await stream.next()).done).toBe(true);
    expect(calls).toHaveLength(1);
  });

  it('can be cancelled while it waits for its client', async () => {
    const suspension = new SuspensionSwitch();
    const client = new AbortController();
    suspension.suspend();
    const { handler, calls } = provider();
    const parked = collect(suspendable(handler)(testRequest(), testCall({ suspension, signal: client.signal })));
    await vi.waitFor(() => expect(calls).toHaveLength(0));
    client.abort();
    await expect(parked).rejects.toMatchObject({ code: 'cancelled' });
  });
});
