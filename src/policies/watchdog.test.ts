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
import type { SpeechHandler } from '../core/speech-handler.js';
import { deadline, watchdog } from './watchdog.js';

const LIMITS = { firstAudioMs: 60, interChunkMs: 60, provider: 'slow' };

describe('watchdog', () => {
  it('lets a stream through that is fed in time', async () => {
    const parts = [startPart(), audioPart(0, 'a'), audioPart(1, 'b'), completePart()];
    const handler = watchdog(LIMITS)(() => streamOf([...parts.slice(0, 2), 20, ...parts.slice(2)]));
    expect(await collect(handler(testRequest(), testCall()))).toEqual(parts);
  });

  it('ends a provider that makes no audio, naming it, and aborts its signal', async () => {
    let signal: AbortSignal | undefined;
    const handler: SpeechHandler = (_request, call) => {
      signal = call.signal;
      return streamOf([startPart(), 'stall']);
    };
    const ended = collect(watchdog(LIMITS)(handler)(testRequest(), testCall()));
    await expect(ended).rejects.toMatchObject({ code: 'deadline', provider: 'slow' });
    expect(signal?.aborted).toBe(true);
  });

  it('ends a provider that stalls after its first audio', async () => {
    const handler = watchdog(LIMITS)(() => streamOf([startPart(), audioPart(0, 'a'), 'stall']));
    await expect(collect(handler(testRequest(), testCall()))).rejects.toThrow('sent nothing for 60 ms');
  });

  it('does not take a slow reader for a slow provider', async () => {
    const handler = watchdog(LIMITS)(() =>
      streamOf([startPart(), audioPart(0, 'a'), audioPart(1, 'b'), completePart()]),
    );
    let seen = 0;
    for await (const part of handler(testRequest(), testCall())) {
      seen += 1;
      if (part.type === 'start' || part.type === 'audio') await new Promise((resolve) => setTimeout(resolve, 90));
    }
    expect(seen).toBe(4);
  });

  it('rejects a parked pull at once when the call is cancelled', async () => {
    const client = new AbortController();
    const handler = watchdog({ firstAudioMs: 5000, interChunkMs: 5000 })(() => streamOf(['stall']));
    const pull = collect(handler(testRequest(), testCall({ signal: client.signal })));
    const cancelledAt = performance.now();
    client.abort();
    await expect(pull).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - cancelledAt).toBeLessThan(20);
  });

  it('closes the source when the reader leaves', async () => {
    let closed = false;
    const source = streamOf([startPart(), audioPart(0, 'a'), audioPart(1, 'b')], () => (closed = true));
    for await (const part of watchdog(LIMITS)(() => source)(testRequest(), testCall()))
      if (part.type === 'audio') break;
    expect(closed).toBe(true);
  });
});

describe('deadline', () => {
  it('counts from the arrival of the request', async () => {
    const handler = deadline(1000)(() => streamOf([startPart(), 'stall']));
    const startedAt = performance.now();
    const late = testCall({ receivedAtMs: startedAt - 960 });
    await expect(collect(handler(testRequest(), late))).rejects.toMatchObject({ code: 'deadline' });
    expect(performance.now() - startedAt).toBeLessThan(300);
  });
});
