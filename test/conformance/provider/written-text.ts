import { describe, expect, it } from 'vitest';

import type { AudioPart, SpeechPart, TimingPart } from '../../../src/core/speech-part.js';
import { SpeechError } from '../../../src/core/speech-error.js';
import type { SpeechRequest } from '../../../src/core/speech-request.js';
import { testCall } from '../../support/speech-parts.js';
import { where, type Stage } from './provider-case.js';

/** Stories of providers that take text while it is written. */
export function writtenTextStories(stage: Stage): void {
  where(stage.manifest.textStreaming, () => {
    describe('text that is still written', () => {
      const written = (textStream: AsyncIterable<string>): Partial<SpeechRequest> => ({ text: '', textStream });

      it('sounds as the whole text does, however it is cut', async () => {
        const whole = await stage.hear({ timings: 'word' });
        for (const pieces of [stage.text.split(''), stage.text.match(/.{1,7}/gsu) ?? [], [stage.text]]) {
          const heard = await stage.hear({ ...written(pace(pieces)), timings: 'word' });
          expect(heard.complete.characters).toBe(whole.complete.characters);
          expect(wordsOf(heard.timings)).toEqual(wordsOf(whole.timings));
          if (stage.manifest.deterministic) expect(heard.bytes.equals(whole.bytes)).toBe(true);
        }
      });

      it('is heard before it has been written', async () => {
        const writer = new Writer();
        const stream = open(stage, written(writer));
        writer.push(stage.text);
        writer.push('');
        await untilAudio(stream);
        writer.push(' More.');
        writer.end();
        let parts: SpeechPart | undefined;
        for (let result = await stream.next(); !result.done; result = await stream.next()) parts = result.value;
        expect(parts).toMatchObject({ type: 'complete' });
      });

      it('is no longer waited for when the speech is cancelled', async () => {
        const abort = new AbortController();
        const stream = open(stage, written(new Writer('Never ended')), abort.signal);
        const ended = drain(stream);
        setTimeout(() => abort.abort(), 50);
        await expect(ended).rejects.toMatchObject({ code: 'cancelled' });
      });

      it('fails the speech when it fails', async () => {
        const reason = new SpeechError('client_stalled', 'No text came.');
        const writer = new Writer('So far and no');
        const ended = drain(open(stage, written(writer)));
        writer.fail(reason);
        await expect(ended).rejects.toMatchObject({ code: 'client_stalled' });
      });
    });
  });
}

function wordsOf(timings: readonly TimingPart[]): unknown[] {
  return timings.filter(({ kind }) => kind === 'word');
}

async function* pace(pieces: readonly string[]): AsyncGenerator<string> {
  for (const piece of pieces) {
    await new Promise((resolve) => setImmediate(resolve));
    yield piece;
  }
}

function open(stage: Stage, more: Partial<SpeechRequest>, signal = new AbortController().signal) {
  return stage.provider().speak(stage.request(more), testCall({ signal }))[Symbol.asyncIterator]();
}

async function untilAudio(stream: AsyncIterator<SpeechPart>): Promise<AudioPart> {
  for (;;) {
    const { done, value } = await stream.next();
    if (done) throw new Error('ended without audio');
    if (value.type === 'audio') return value;
  }
}

async function drain(stream: AsyncIterator<SpeechPart>): Promise<void> {
  while (!(await stream.next()).done);
}

/** Text as a client writes it. */
class Writer implements AsyncIterable<string> {
  private readonly pieces: string[] = [];
  private outcome: 'open' | 'ended' | Error = 'open';
  private wake: () => void = () => {};

  constructor(...pieces: string[]) {
    this.pieces.push(...pieces);
  }

  push(piece: string): void {
    this.pieces.push(piece);
    this.wake();
  }

  end(): void {
    this.outcome = 'ended';
    this.wake();
  }

  fail(error: Error): void {
    this.outcome = error;
    this.wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    for (let next = 0; ; next += 1) {
      while (next === this.pieces.length && this.outcome === 'open') {
        await new Promise<void>((resolve) => (this.wake = resolve));
      }
      const piece = this.pieces[next];
      if (piece !== undefined) yield piece;
      else if (this.outcome instanceof Error) throw this.outcome;
      else return;
    }
  }
}
