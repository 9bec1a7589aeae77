import { describe, expect, it } from 'vitest';
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
import { SpeechError, type ErrorCode } from '../core/speech-error.js';
import { AttemptLog, recordAttempts } from './attempts.js';
import type { Candidate } from './candidate.js';
import { fallback } from './fallback.js';
import type { HedgeOptions, HedgeReport } from './hedge.js';
import { Refusal } from './refusal.js';
import { ShareBudget } from './share-budget.js';

interface Watched extends Candidate {
  readonly seen: { calls: number; abortedAtMs?: number };
}

/** A target that plays its script; the script of a good one ends in `complete`. */
function target(voice: string, ...script: Parameters<typeof streamOf>[0]): Watched {
  const seen: Watched['seen'] = { calls: 0 };
  const speak: Candidate['speak'] = (_request, call) => {
    seen.calls += 1;
    call.signal.addEventListener('abort', () => (seen.abortedAtMs ??= performance.now()));
    return streamOf(script);
  };
  return { provider: voice, voice, speak, seen };
}

const LOUD = Buffer.alloc(320, 0x22);
const SILENT = Buffer.alloc(320);
const whole = (voice: string, data = LOUD) => [startPart({ voice }), audioPart(0, data), completePart({ voice })];
const failed = (code: ErrorCode, details = {}): SpeechError => new SpeechError(code, code, details);
const speakOn = (candidates: readonly Candidate[], hedge?: HedgeOptions, signal?: AbortSignal) =>
  collect(fallback({ candidates, hedge })(testRequest(), testCall(signal ? { signal } : {})));
const voiceOf = (parts: Awaited<ReturnType<typeof collect>>) => parts.find((part) => part.type === 'start')?.voice;

describe('fallback', () => {
  it('is not seen before audio, except in the attempts', async () => {
    const log = new AttemptLog();
    const watched = [target('a', startPart(), failed('upstream_failed')), target('b', ...whole('b'))].map(
      (candidate) => ({ ...candidate, speak: recordAttempts({ log, ...candidate })(candidate.speak) }),
    );
    const parts = await collect(fallback({ candidates: watched, attempts: log })(testRequest(), testCall()));
    expect(parts.slice(0, -1)).toEqual(whole('b').slice(0, -1));
    expect(parts.at(-1)).toMatchObject({
      attempts: [
        { voice: 'a', outcome: 'upstream_failed' },
        { voice: 'b', outcome: 'ok', firstAudioMs: expect.any(Number) },
      ],
    });
  });

  it('asks the next after any failure of a target, and none after the client left or audio was heard', async () => {
    for (const code of [
      'upstream_failed',
      'rate_limited',
      'not_found',
      'unsupported',
      'deadline',
      'incomplete',
    ] as const) {
      expect(voiceOf(await speakOn([target('a', failed(code)), target('b', ...whole('b'))]))).toBe('b');
    }
    for (const code of ['cancelled', 'client_stalled', 'forbidden'] as const) {
      const b = target('b', ...whole('b'));
      await expect(speakOn([target('a', failed(code)), b])).rejects.toMatchObject({ code });
      expect(b.seen.calls).toBe(0);
    }
    const heard = target('a', startPart(), audioPart(0, LOUD), failed('upstream_failed'));
    await expect(speakOn([heard, target('b', ...whole('b'))])).rejects.toThrow('upstream_failed');
  });

  it('tells a failure of a provider before the refusals of the gateway', async () => {
    const open = new Refusal('unavailable', 'open', { retryAfterMs: 70 });
    await expect(speakOn([target('a', failed('upstream_failed')), target('b', open)])).rejects.toMatchObject({
      code: 'upstream_failed',
    });
    await expect(speakOn([target('b', open)])).rejects.toBe(open);
    await expect(speakOn([])).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('wakes a parked target when the client leaves', async () => {
    const client = new AbortController();
    const a = target('a', 'stall');
    const ended = speakOn([a], undefined, client.signal);
    client.abort();
    await expect(ended).rejects.toMatchObject({ code: 'cancelled' });
    expect(a.seen.abortedAtMs).toBeDefined();
  });

  it('closes the target when the reader leaves', async () => {
    const a = target('a', startPart(), audioPart(0, LOUD), 'stall');
    for await (const part of fallback({ candidates: [a] })(testRequest(), testCall())) if (part.type === 'audio') break;
    expect(a.seen.abortedAtMs).toBeDefined();
  });
});

describe('hedging', () => {
  const reports: HedgeReport[] = [];
  const hedge = (more: Partial<HedgeOptions> = {}): HedgeOptions => {
    reports.length = 0;
    return { afterMs: 20, budget: new ShareBudget(1), onHedged: (report) => reports.push(report), ...more };
  };

  it('starts the next target when the first is late; the first heard wins and the other is closed at once', async () => {
    const a = target('a', startPart(), 'stall');
    const b = target('b', ...whole('b'));
    const startedAtMs = performance.now();
    const parts = await speakOn([a, b], hedge());
    expect(voiceOf(parts)).toBe('b');
    expect(a.seen.abortedAtMs! - startedAtMs).toBeLessThan(70);
    expect(reports).toEqual([{ first: 'a', second: 'b', winner: 'b', wastedCharacters: testRequest().text.length }]);
  });

  it('lets the first win when it is heard first after all', async () => {
    const b = target('b', 'stall');
    expect(voiceOf(await speakOn([target('a', 40, ...whole('a')), b], hedge()))).toBe('a');
    expect(b.seen.abortedAtMs).toBeDefined();
    expect(reports).toMatchObject([{ winner: 'a' }]);
  });

  it('takes silence for no answer, but gives it with what follows', async () => {
    const a = target('a', startPart(), audioPart(0, SILENT), 'stall');
    expect(voiceOf(await speakOn([a, target('b', ...whole('b'))], hedge()))).toBe('b');
    const spoken = target('a', startPart({ voice: 'a' }), audioPart(0, SILENT), audioPart(1, LOUD), completePart());
    const parts = await speakOn([spoken, target('b', 'stall')], hedge());
    expect(audioOf(parts).equals(Buffer.concat([SILENT, LOUD]))).toBe(true);
    const encoded = target('a', startPart({ voice: 'a', format: 'mp3' }), audioPart(0, SILENT), completePart());
    expect(voiceOf(await speakOn([encoded, target('b', 'stall')], hedge()))).toBe('a');
  });

  it('does not start another while the first is in time, nor beyond its share', async () => {
    const b = target('b', ...whole('b'));
    await speakOn([target('a', ...whole('a')), b], hedge());
    expect(b.seen.calls).toBe(0);
    const budget = new ShareBudget(0.1, 1);
    let hedged = 0;
    for (let speech = 0; speech < 30; speech += 1) {
      const second = target('b', 8, ...whole('b'));
      await speakOn([target('a', 6, ...whole('a')), second], hedge({ afterMs: 1, budget }));
      hedged += second.seen.calls;
    }
    expect(hedged).toBeGreaterThan(0);
    expect(hedged).toBeLessThanOrEqual(4);
  });

  it('waits for the other when one of two fails, and fails when both do', async () => {
    const a = target('a', 40, failed('upstream_failed'));
    expect(voiceOf(await speakOn([a, target('b', 40, ...whole('b'))], hedge()))).toBe('b');
    const b = target('b', 5, failed('deadline'));
    await expect(speakOn([a, b], hedge())).rejects.toMatchObject({ code: 'upstream_failed' });
    expect(reports).toMatchObject([{ first: 'a', second: 'b' }]);
  });

  it("goes by the target's own p95 where the route names no time", async () => {
    const b = target('b', ...whole('b'));
    const { afterMs: _route, ...own } = hedge({ p95Ms: () => 10 });
    expect(voiceOf(await speakOn([target('a', 'stall'), b], own))).toBe('b');
    const unknown = { ...own, p95Ms: () => undefined };
    const c = target('c', ...whole('c'));
    expect(voiceOf(await speakOn([target('a', 30, ...whole('a')), c], unknown))).toBe('a');
    expect(c.seen.calls).toBe(0);
  });
});
