import { afterEach, describe, expect, it, vi } from 'vitest';
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
import type { SpeechHandler } from '../core/speech-handler.js';
import { breaker } from './breaker.js';
import { ProviderBreaker, type BreakerState } from './provider-breaker.js';
import { Refusal } from './refusal.js';

const GONE = new SpeechError('upstream_failed', 'gone');
const good: SpeechHandler = () => streamOf([startPart(), audioPart(0, 'a'), completePart()]);
const cut: SpeechHandler = () => streamOf([startPart(), audioPart(0, 'a'), GONE]);

let circuit: ProviderBreaker;
let states: BreakerState[];
function open(resetMs = 60): ProviderBreaker {
  states = [];
  circuit = new ProviderBreaker({
    provider: 'vendor',
    errorPercent: 50,
    windowMs: 10_000,
    resetMs,
    volume: 4,
    onState: (state) => states.push(state),
  });
  return circuit;
}
afterEach(() => circuit.close());

const speak = (handler: SpeechHandler, signal?: AbortSignal): Promise<unknown> =>
  collect(breaker(circuit)(handler)(testRequest(), testCall(signal ? { signal } : {})));
async function fail(times: number, handler = cut): Promise<void> {
  for (let call = 0; call < times; call += 1) await speak(handler).catch(() => {});
}

describe('breaker', () => {
  it('opens on failures after the first byte, and refuses with the time until the next trial', async () => {
    open(5000);
    await fail(4);
    await vi.waitFor(() => expect(circuit.state).toBe('open'));
    const refused = await speak(good).catch((error: unknown) => error as SpeechError);
    expect(refused).toBeInstanceOf(Refusal);
    expect(refused).toMatchObject({ code: 'unavailable', provider: 'vendor' });
    expect((refused as SpeechError).retryAfterMs).toBeGreaterThan(4000);
    expect((refused as SpeechError).retryAfterMs).toBeLessThanOrEqual(5000);
  });

  it('counts neither clients that leave nor what the gateway refused nor what the client did wrong', async () => {
    open();
    for (let call = 0; call < 6; call += 1) {
      const client = new AbortController();
      const ended = speak(() => streamOf([startPart(), audioPart(0, 'a'), 'stall']), client.signal).catch(() => {});
      setImmediate(() => client.abort());
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 10))]);
      await fail(1, () => streamOf([new Refusal('deadline', 'queue')]));
      await fail(1, () => streamOf([new SpeechError('invalid_request', 'no')]));
    }
    expect(circuit.state).toBe('closed');
  });

  it('lets one real call through at a time when half open, and closes when it went well', async () => {
    open();
    await fail(4);
    await vi.waitFor(() => expect(circuit.state).toBe('half_open'));
    let finish: () => void = () => {};
    const trial = speak(async function* () {
      yield startPart();
      await new Promise<void>((resolve) => (finish = resolve));
      yield audioPart(0, 'a');
      yield completePart();
    });
    await expect(speak(good)).rejects.toBeInstanceOf(Refusal);
    expect(circuit.usable).toBe(false);
    finish();
    await trial;
    await vi.waitFor(() => expect(circuit.state).toBe('closed'));
    await fail(1); // the failures from before must not count any more
    await speak(good);
    expect(states).toEqual(['open', 'half_open', 'closed']);
  });

  it('opens again when the trial fails, and tries the next call when the trial was left', async () => {
    open();
    await fail(4);
    await vi.waitFor(() => expect(circuit.state).toBe('half_open'));
    const client = new AbortController();
    void speak(() => streamOf([startPart(), 'stall']), client.signal).catch(() => {});
    await vi.waitFor(() => expect(circuit.usable).toBe(false));
    client.abort();
    expect(circuit.usable).toBe(true);
    await fail(1);
    await vi.waitFor(() => expect(circuit.state).toBe('open'));
  });

  it('is told nothing by a stream that nobody pulled', async () => {
    open();
    await fail(4);
    await vi.waitFor(() => expect(circuit.state).toBe('half_open'));
    breaker(circuit)(good)(testRequest(), testCall());
    expect(circuit.usable).toBe(true);
    await speak(good);
  });

  it('can be reset, and be closed for everyone by hand', async () => {
    open(60_000);
    await fail(4);
    await vi.waitFor(() => expect(circuit.state).toBe('open'));
    circuit.reset();
    await speak(good);
    circuit.disable();
    await expect(speak(good)).rejects.toMatchObject({ code: 'unavailable' });
    circuit.enable();
    await speak(good);
    expect(states).toEqual(['open', 'closed', 'disabled', 'closed']);
  });
});
