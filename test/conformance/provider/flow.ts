import { setTimeout as pause } from 'node:timers/promises';

import { describe, expect, it, vi } from 'vitest';

import { SpeechError } from '../../../src/core/speech-error.js';
import type { SpeechPart } from '../../../src/core/speech-part.js';
import type { SpeechRequest } from '../../../src/core/speech-request.js';
import { testCall } from '../../support/speech-parts.js';
import { where, type Stage } from './provider-case.js';

/** The law says 50 ms for the reader; timers and shared cores are allowed as much again. */
const REJECT_MS = 100;
/** Another process or a server needs a moment more. */
const RELEASE_MS = 500;

export function flowStories(stage: Stage): void {
  const { subject } = stage;
  const longText = (): string => stage.text.repeat(50).slice(0, stage.manifest.maxCharacters);
  const speak = (abort: AbortController, more: Partial<SpeechRequest> = {}): AsyncIterator<SpeechPart> => {
    const request = stage.request({ text: longText(), ...more });
    const stream = stage.provider().speak(request, testCall({ signal: abort.signal }));
    return stream[Symbol.asyncIterator]();
  };
  const untilAudio = async (stream: AsyncIterator<SpeechPart>): Promise<void> => {
    for (;;) {
      const { done, value } = await stream.next();
      if (done) throw new Error('ended without audio');
      if (value.type === 'audio') return;
    }
  };
  const released = (): Promise<void> =>
    vi.waitFor(() => expect(subject.active?.() ?? 0).toBe(0), {
      timeout: subject.releaseMs ?? RELEASE_MS,
      interval: 5,
    });

  describe('cancelling', () => {
    it('before the first pull: nothing is spoken', async () => {
      const abort = new AbortController();
      abort.abort();
      const before = subject.syntheses?.();
      await expect(speak(abort).next()).rejects.toMatchObject({ code: 'cancelled' });
      await released();
      expect(subject.syntheses?.()).toBe(before);
    });

    it('between two pulls: the next one rejects and everything is let go', async () => {
      const abort = new AbortController();
      const stream = speak(abort);
      await untilAudio(stream);
      abort.abort();
      await expect(stream.next()).rejects.toMatchObject({ code: 'cancelled' });
      await released();
    });

    it('during a pull rejects it at once, with the reason that was given', async () => {
      const abort = new AbortController();
      const stream = speak(abort, subject.stalling ?? subject.paced);
      await untilAudio(stream);
      let abortedAt = 0;
      const pulling = (async () => {
        for (;;) if ((await stream.next()).done) throw new Error('ended before it was cancelled');
      })();
      setTimeout(
        () => {
          abortedAt = performance.now();
          abort.abort(new SpeechError('deadline', 'too late'));
        },
        subject.stalling || subject.paced ? 100 : 0,
      );
      await expect(pulling).rejects.toMatchObject({ code: 'deadline' });
      expect(performance.now() - abortedAt).toBeLessThan(REJECT_MS);
      await released();
    });

    it('by leaving the loop lets everything go', async () => {
      const call = testCall();
      for await (const part of stage.provider().speak(stage.request({ text: longText() }), call)) {
        if (part.type === 'audio') break;
      }
      await released();
    });

    it('leaves the provider able to speak', async () => {
      const abort = new AbortController();
      const stream = speak(abort);
      await untilAudio(stream);
      abort.abort();
      await expect(stream.next()).rejects.toMatchObject({ code: 'cancelled' });
      expect((await stage.hear()).complete.bytes).toBeGreaterThan(0);
    });
  });

  where(subject.produced !== undefined, () => {
    it('a reader that stops, stops the source', async () => {
      const produced = (): number => subject.produced?.() ?? 0;
      const abort = new AbortController();
      await untilAudio(speak(abort));
      // What lies in sockets and buffers still flows; then nothing does.
      let before = -1;
      while (produced() !== before) {
        before = produced();
        await pause(150);
      }
      await pause(200);
      expect(produced()).toBe(before);
      abort.abort();
      await released();
    });
  });

  describe('health', () => {
    it('is told without speaking', async () => {
      const before = subject.syntheses?.();
      const startedAt = performance.now();
      const health = await stage.provider().health();
      expect(performance.now() - startedAt).toBeLessThan(2000);
      expect(health.state).toBe('ok');
      expect(subject.syntheses?.()).toBe(before);
    });
  });

  describe('closing', () => {
    it('lets everything go', async () => {
      const other = await subject.open();
      for await (const part of other.speak(stage.request(), testCall())) if (part.type === 'audio') break;
      await other.close();
      await released();
    });
  });
}
