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
import { SpeechError, type ErrorCode } from '../core/speech-error.js';
import type { SpeechHandler } from '../core/speech-handler.js';
import { Refusal } from './refusal.js';
import { retry, retryWaitMs, type RetryOptions } from './retry.js';
import { ShareBudget } from './share-budget.js';

const WHOLE = [startPart(), audioPart(0, 'ab'), completePart()];
const options = (more: Partial<RetryOptions> = {}): RetryOptions => ({
  attempts: 3,
  baseMs: 4,
  maxMs: 50,
  budget: new ShareBudget(0.2),
  ...more,
});

/** Answers each call with the next script; the last one serves all that follow. */
function scripted(...scripts: Parameters<typeof streamOf>[0][]): { handler: SpeechHandler; calls: () => number } {
  let calls = 0;
  const handler: SpeechHandler = () => streamOf(scripts[Math.min(calls++, scripts.length - 1)]!);
  return { handler, calls: () => calls };
}

const failed = (code: ErrorCode, details = {}): SpeechError => new SpeechError(code, code, details);

describe('retry', () => {
  it('is not seen: what a failed call had said is dropped', async () => {
    const { handler, calls } = scripted([startPart({ provider: 'x' }), failed('upstream_failed')], WHOLE);
    expect(await collect(retry(options())(handler)(testRequest(), testCall()))).toEqual(WHOLE);
    expect(calls()).toBe(2);
  });

  it('is not made once audio was released', async () => {
    const { handler, calls } = scripted([startPart(), audioPart(0, 'ab'), failed('upstream_failed')], WHOLE);
    await expect(collect(retry(options())(handler)(testRequest(), testCall()))).rejects.toThrow('upstream_failed');
    expect(calls()).toBe(1);
  });

  it('gives up after its attempts', async () => {
    const { handler, calls } = scripted([failed('upstream_failed')]);
    await expect(collect(retry(options())(handler)(testRequest(), testCall()))).rejects.toThrow('upstream_failed');
    expect(calls()).toBe(3);
  });

  it.each<[string, SpeechError]>([
    ['is not worth it', failed('invalid_request')],
    ['the failure says no', failed('upstream_failed', { retryable: false })],
    ['the gateway refused', new Refusal('unavailable', 'open')],
    ['the client is gone', failed('cancelled')],
    ['the upstream asks for too long', failed('rate_limited', { retryAfterMs: 51 })],
  ])('is not made when %s', async (_why, error) => {
    const { handler, calls } = scripted([error], WHOLE);
    await expect(collect(retry(options())(handler)(testRequest(), testCall()))).rejects.toBe(error);
    expect(calls()).toBe(1);
  });

  it('waits as long as the upstream asks', async () => {
    const { handler } = scripted([failed('rate_limited', { retryAfterMs: 45 })], WHOLE);
    const startedAtMs = performance.now();
    await collect(retry(options())(handler)(testRequest(), testCall()));
    expect(performance.now() - startedAtMs).toBeGreaterThan(43);
  });

  it('does not wait beyond the deadline of the request', async () => {
    const { handler, calls } = scripted([failed('rate_limited', { retryAfterMs: 45 })], WHOLE);
    const soon = testRequest({ deadlineMs: 20 });
    await expect(collect(retry(options())(handler)(soon, testCall()))).rejects.toThrow('rate_limited');
    expect(calls()).toBe(1);
  });

  it('ends its wait when the call is cancelled', async () => {
    const client = new AbortController();
    const { handler, calls } = scripted([failed('rate_limited', { retryAfterMs: 5000 })], WHOLE);
    const slow = options({ maxMs: 10_000, onRetry: () => setImmediate(() => client.abort()) });
    const ended = collect(retry(slow)(handler)(testRequest(), testCall({ signal: client.signal })));
    await expect(ended).rejects.toMatchObject({ code: 'cancelled' });
    expect(calls()).toBe(1);
  });

  it('does not multiply an outage: the budget holds for all speeches together', async () => {
    const { handler, calls } = scripted([failed('upstream_failed')]);
    const shared = retry(options({ baseMs: 0, budget: new ShareBudget(0.2, 10) }))(handler);
    for (let speech = 0; speech < 200; speech += 1) {
      await collect(shared(testRequest(), testCall())).catch(() => {});
    }
    expect(calls()).toBeGreaterThan(200);
    expect(calls()).toBeLessThanOrEqual(200 * 1.2 + 10);
  });

  it('draws its wait from 0 to the doubled base, never more than the most', () => {
    fc.assert(
      fc.property(fc.nat(8), fc.double({ min: 0, max: 0.999, noNaN: true }), (retries, x) => {
        const waitMs = retryWaitMs(failed('internal'), retries, options({ attempts: 10, random: () => x }));
        expect(waitMs).toBeCloseTo(Math.min(50, x * 4 * 2 ** retries), 6);
      }),
    );
  });
});
