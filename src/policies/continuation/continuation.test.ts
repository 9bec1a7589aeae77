import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  audioOf,
  collect,
  completePart,
  startPart,
  streamOf,
  audioPart,
  testCall,
  testRequest,
} from '../../../test/support/speech-parts.js';
import { SpeechError } from '../../core/speech-error.js';
import type { SpeechPart, TimingPart } from '../../core/speech-part.js';
import { fallback } from '../fallback.js';
import { hearWords, RATE_HZ, rms, TEXT, toneVoice, WORDS, type ToneVoice } from '../fixtures/tone-words.js';
import { continuation, type ContinuationOptions } from './continuation.js';

/** The sources are 16 kHz PCM already. */
const asIs: ContinuationOptions['toPcm'] = () => (source) => source;

function speech(voices: ToneVoice[], options: Partial<ContinuationOptions> = {}) {
  const candidates = voices.map((voice) => ({ provider: voice.voice, voice: voice.voice, speak: toneVoice(voice) }));
  return continuation({ mode: 'word', toPcm: asIs, ...options })(fallback({ candidates }));
}

const request = testRequest({ text: TEXT, timings: 'word' });
const chunksOf = async (voice: ToneVoice): Promise<number> =>
  (await collect(toneVoice(voice)(request, testCall()))).filter(({ type }) => type === 'audio').length;

function words(parts: readonly SpeechPart[]): TimingPart[] {
  return parts.filter((part) => part.type === 'timing');
}

/** What was heard, with the one repeat that a break may bring taken out; the repeats that are left are failures. */
function heardOnce(parts: readonly SpeechPart[], repeats = 1): string[] {
  const values = hearWords(audioOf(parts)).map(({ value }) => value);
  let left = repeats;
  return values.filter((value, index) => !(value === values[index - 1] && left-- > 0));
}

function expectWhole(parts: readonly SpeechPart[]): void {
  expect(heardOnce(parts)).toEqual(WORDS);
  const audio = parts.filter((part) => part.type === 'audio');
  expect(audio.map(({ seq }) => seq)).toEqual([...audio.keys()]);
  expect(parts.filter(({ type }) => type === 'seam')).toHaveLength(1);
  expect(parts.filter(({ type }) => type === 'start')).toHaveLength(1);
  const complete = parts.at(-1)!;
  const bytes = audioOf(parts).length;
  expect(complete).toMatchObject({ type: 'complete', seams: 1, voice: 'b', bytes, lastSeq: audio.length - 1 });
  expect(complete).toMatchObject({ audioMs: Math.round(((bytes / 2) * 1000) / RATE_HZ), characters: TEXT.length });
}

/** Each told word is in the client's text and in the audio where it was told to be. */
function expectTrueTimings(parts: readonly SpeechPart[]): void {
  const audio = audioOf(parts);
  for (const { value, startMs, endMs, textStart, textEnd } of words(parts)) {
    expect(TEXT.slice(textStart, textEnd)).toBe(value);
    const sound = audio.subarray((startMs + 8) * 32, (endMs - 8) * 32);
    expect(hearWords(Buffer.concat([sound, Buffer.alloc(320)])).map((heard) => heard.value)).toEqual([value]);
  }
}

function expectTrueSegments(parts: readonly SpeechPart[]): void {
  const audio = audioOf(parts);
  let index = -1;
  for (const part of parts) {
    if (part.type !== 'segment') continue;
    expect(part.index).toBeGreaterThan(index);
    index = part.index;
    const first = TEXT.slice(part.textStart, part.textEnd).match(/\w+/)![0];
    expect(hearWords(audio.subarray(part.audioStartMs * 32))[0]?.value).toBe(first);
  }
}

describe('continuation by words', () => {
  for (const timings of ['early', 'late'] as const) {
    it(`loses nothing wherever the voice dies (timings ${timings})`, { timeout: 120_000 }, async () => {
      const chunks = await chunksOf({ voice: 'a', chunkMs: 70 });
      expect(chunks).toBeGreaterThan(100);
      for (let dieAt = 1; dieAt < chunks; dieAt += 1) {
        const dying = { voice: 'a', chunkMs: 70, timings, dieAt };
        const parts = await collect(speech([dying, { voice: 'b', wordMs: 80, timings }])(request, testCall()));
        expectWhole(parts);
        expect(new Set(words(parts).map(({ value }) => value)).size).toBe(WORDS.length);
        expect(words(parts).length - WORDS.length).toBeLessThanOrEqual(1);
        if (dieAt % 7 === 0) {
          expectTrueTimings(parts);
          expectTrueSegments(parts);
        }
      }
    });
  }

  it('holds for any chunking, pace, loudness and place of death', { timeout: 60_000 }, async () => {
    const voice = fc.record({
      amplitude: fc.integer({ min: 3000, max: 20_000 }),
      wordMs: fc.integer({ min: 60, max: 160 }),
      gapMs: fc.integer({ min: 25, max: 90 }),
      chunkMs: fc.integer({ min: 5, max: 400 }),
    });
    await fc.assert(
      fc.asyncProperty(voice, voice, fc.double({ min: 0, max: 1, noNaN: true }), async (a, b, share) => {
        const dieAt = Math.max(1, Math.floor(share * (await chunksOf({ voice: 'a', ...a }))));
        const parts = await collect(
          speech([
            { voice: 'a', ...a, dieAt, cutAtEnd: true },
            { voice: 'b', ...b },
          ])(request, testCall()),
        );
        expectWhole(parts);
        expectTrueTimings(parts);
      }),
      { numRuns: 60 },
    );
  });

  it('says a last word again whose end was never confirmed', async () => {
    const parts = await collect(speech([{ voice: 'a', cutAtEnd: true }, { voice: 'b' }])(request, testCall()));
    expectWhole(parts);
    expect(hearWords(audioOf(parts)).map(({ value }) => value)).toEqual([...WORDS, WORDS.at(-1)]);
  });

  it('tells where and why it moved, and knows the words even when the client did not ask for them', async () => {
    const untimed = testRequest({ text: TEXT });
    const parts = await collect(speech([{ voice: 'a', dieAt: 60 }, { voice: 'b' }])(untimed, testCall()));
    expectWhole(parts);
    expect(words(parts)).toEqual([]);
    const seam = parts.find((part) => part.type === 'seam')!;
    expect(seam).toMatchObject({ from: 'a', to: 'b', reason: 'upstream_failed' });
    const before = hearWords(audioOf(parts.slice(0, parts.indexOf(seam)))).at(-1)!.value;
    expect([before, WORDS[WORDS.indexOf(before) + 1]]).toContain(/\w+/.exec(TEXT.slice(seam.textOffset))![0]);
    expect(seam.audioMs).toBe(Math.round(audioOf(parts.slice(0, parts.indexOf(seam))).length / 32));
  });

  it('brings the second voice to the loudness of the first', async () => {
    const quiet = { voice: 'b', amplitude: 3500 };
    const parts = await collect(speech([{ voice: 'a', dieAt: 60 }, quiet])(request, testCall()));
    const at = parts.findIndex(({ type }) => type === 'seam');
    const loudness = (audio: Buffer): number => rms(new Int16Array(new Uint8Array(audio).buffer));
    const ratio = loudness(audioOf(parts.slice(at))) / loudness(audioOf(parts.slice(0, at)));
    expect(ratio).toBeGreaterThan(0.85);
    expect(ratio).toBeLessThan(1.15);
  });

  it('goes on with the same voice when there is no other, and again after a second break', async () => {
    let calls = 0;
    const candidate = {
      provider: 'a',
      voice: 'a',
      speak: (...[asked, call]: Parameters<ReturnType<typeof toneVoice>>) =>
        toneVoice({ voice: 'a', dieAt: (calls += 1) < 3 ? 50 : Infinity })(asked, call),
    };
    const handler = continuation({ mode: 'word', toPcm: asIs })(fallback({ candidates: [candidate] }));
    const parts = await collect(handler(request, testCall()));
    expect(heardOnce(parts, 2)).toEqual(WORDS);
    expect(parts.at(-1)).toMatchObject({ seams: 2 });
  });

  it('without told words goes on by the length of the audio, says so, and loses none', async () => {
    for (let dieAt = 1; dieAt < 140; dieAt += 9) {
      const voices = [{ voice: 'a', timings: 'none' as const, dieAt }, { voice: 'b' }];
      const parts = await collect(speech(voices)(request, testCall()));
      const values = hearWords(audioOf(parts)).map(({ value }) => value);
      expect([...new Set(values)]).toEqual(WORDS);
      const seam = parts.findIndex(({ type }) => type === 'seam');
      const estimated = parts[seam + 1]?.type === 'warning';
      expect(values.length - WORDS.length).toBeLessThanOrEqual(estimated ? 4 : 5);
    }
  });
});

describe('continuation by segments', () => {
  it('says the broken sentence again, wherever the voice dies', { timeout: 60_000 }, async () => {
    const voice = { voice: 'a', timings: 'none' as const, chunkMs: 90 };
    const chunks = await chunksOf(voice);
    for (let dieAt = 1; dieAt < chunks; dieAt += 3) {
      const parts = await collect(
        speech(
          [
            { ...voice, dieAt },
            { voice: 'b', timings: 'none' },
          ],
          { mode: 'segment' },
        )(request, testCall()),
      );
      const seam = parts.find((part) => part.type === 'seam')!;
      expect(seam.textOffset === 0 || TEXT.slice(0, seam.textOffset).endsWith('. ')).toBe(true);
      const after = hearWords(audioOf(parts.slice(parts.indexOf(seam)))).map(({ value }) => value);
      expect(after).toEqual(TEXT.slice(seam.textOffset).match(/\w+/g));
      expect([...new Set(hearWords(audioOf(parts)).map(({ value }) => value))]).toEqual(WORDS);
      expectTrueSegments(parts);
    }
  });
});

describe('an honest end', () => {
  const dying = { voice: 'a', dieAt: 60 };

  it('is the error, when nobody can go on, after all audio that came', async () => {
    const heard: SpeechPart[] = [];
    const broken = new SpeechError('upstream_failed', 'gone', { retryable: false });
    const stream = speech([{ ...dying, error: broken }])(request, testCall());
    await expect(
      (async () => {
        for await (const part of stream) heard.push(part);
      })(),
    ).rejects.toBe(broken);
    expect(audioOf(heard).length).toBe(60 * 50 * 32 - shorterLastChunks(60));
    expect(heard.some(({ type }) => type === 'complete' || type === 'seam')).toBe(false);
  });

  it('is the abort, not another voice, when the client has left', async () => {
    const client = new AbortController();
    const left = new SpeechError('cancelled', 'left');
    const handler = speech([{ voice: 'a', dieAt: 4 }, { voice: 'b' }]);
    const heard: SpeechPart[] = [];
    await expect(
      (async () => {
        for await (const part of handler(request, testCall({ signal: client.signal }))) {
          heard.push(part);
          if (part.type === 'audio') client.abort(left);
        }
      })(),
    ).rejects.toBe(left);
    expect(heard.some(({ type }) => type === 'seam')).toBe(false);
  });

  it('does not take silence for spoken text', async () => {
    const silence = () =>
      streamOf([
        startPart({ sampleRateHz: RATE_HZ, voice: 'a' }),
        audioPart(0, Buffer.alloc(64_000)),
        new SpeechError('incomplete', 'is silence'),
      ]);
    const candidates = [
      { provider: 'a', voice: 'a', speak: silence },
      { provider: 'b', voice: 'b', speak: toneVoice({ voice: 'b' }) },
    ];
    const parts = await collect(
      continuation({ mode: 'word', toPcm: asIs })(fallback({ candidates }))(request, testCall()),
    );
    expect(hearWords(audioOf(parts)).map(({ value }) => value)).toEqual(WORDS);
    expect(parts.find(({ type }) => type === 'seam')).toMatchObject({ textOffset: 0, audioMs: expect.any(Number) });
  });

  it('lets the first audio leave at once and holds at most 60 ms', async () => {
    const gate: (() => void)[] = [];
    async function* slow() {
      yield startPart({ sampleRateHz: RATE_HZ });
      for (let seq = 0; seq < 20; seq += 1) {
        yield audioPart(seq, Buffer.alloc(100 * 32, 7));
        await new Promise<void>((resolve) => gate.push(resolve));
      }
      yield completePart();
    }
    const stream = continuation({ mode: 'word', toPcm: asIs })(() => slow())(request, testCall());
    let bytes = 0;
    let chunks = 0;
    for await (const part of stream) {
      if (part.type !== 'audio') continue;
      bytes += part.data.length;
      chunks += 1;
      expect(Math.min(20, chunks) * 3200 - bytes).toBeLessThanOrEqual(60 * 32);
      setImmediate(() => gate.shift()?.());
    }
    expect(bytes).toBe(20 * 3200);
  });
});

/** Sentences end in a shorter chunk: 740 ms in chunks of 50 leave 40. */
function shorterLastChunks(chunks: number): number {
  return Math.floor(chunks / 15) * 10 * 32;
}
