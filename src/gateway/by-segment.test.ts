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
import { SpeechError } from '../core/speech-error.js';
import type { SpeechHandler } from '../core/speech-handler.js';
import type { SpeechPart, TimingPart } from '../core/speech-part.js';
import type { TextSegment } from '../text/text-segment.js';
import { bySegment } from './by-segment.js';

const TEXT = 'One. Two. Three.';

function segments(): TextSegment[] {
  const cuts: [number, number][] = [
    [0, 4],
    [5, 9],
    [10, 16],
  ];
  return cuts.map(([textStart, textEnd], index) => ({
    index,
    text: TEXT.slice(textStart, textEnd),
    markup: 'plain' as const,
    textStart,
    textEnd,
    toClientOffset: (offset: number) => textStart + offset,
  }));
}

function word(value: string, startMs: number): TimingPart {
  return {
    type: 'timing',
    kind: 'word',
    value,
    startMs,
    endMs: startMs + 50,
    textStart: 0,
    textEnd: value.length,
    source: 'native',
  };
}

/** Speaks a segment as two chunks of its own text; `log` records what was asked and released. */
function speaker(log: string[], firstChunkMs = 0): SpeechHandler {
  return ({ text }) => {
    log.push(`ask ${text}`);
    const parts = [
      startPart(),
      firstChunkMs,
      audioPart(0, `<${text}`),
      word(text, 10),
      audioPart(1, '>'),
      completePart({ characters: text.length }),
    ];
    return streamOf(parts, () => log.push(`end ${text}`));
  };
}

describe('bySegment', () => {
  it('joins the segments into one stream: one start, gapless seq, moved timings, one complete', async () => {
    const handler = bySegment(segments)(speaker([]));
    const parts = await collect(handler(testRequest({ text: TEXT }), testCall()));
    expect(audioOf(parts).toString()).toBe('<One.><Two.><Three.>');
    expect(parts.filter(({ type }) => type === 'start')).toHaveLength(1);
    expect(parts.flatMap((part) => (part.type === 'audio' ? [[part.seq, part.segment]] : []))).toEqual([
      [0, 0],
      [1, 0],
      [2, 1],
      [3, 1],
      [4, 2],
      [5, 2],
    ]);
    expect(parts.filter((part) => part.type === 'segment')).toEqual([
      { type: 'segment', index: 0, textStart: 0, textEnd: 4, audioStartMs: 0 },
      { type: 'segment', index: 1, textStart: 5, textEnd: 9, audioStartMs: 100 },
      { type: 'segment', index: 2, textStart: 10, textEnd: 16, audioStartMs: 200 },
    ]);
    const words = parts.filter((part) => part.type === 'timing');
    expect(words.map((part) => TEXT.slice(part.textStart, part.textEnd))).toEqual(['One.', 'Two.', 'Three.']);
    expect(words.map((part) => part.startMs)).toEqual([10, 110, 210]);
    expect(parts.at(-1)).toMatchObject({ type: 'complete', audioMs: 300, characters: 14, lastSeq: 5, bytes: 20 });
  });

  it('requests the next segment when the current one is heard, and not before', async () => {
    const log: string[] = [];
    const stream = bySegment(segments)(speaker(log))(testRequest(), testCall())[Symbol.asyncIterator]();
    await stream.next();
    await stream.next();
    expect(log).toEqual(['ask One.']);
    await stream.next();
    await new Promise((resolve) => setImmediate(resolve));
    expect(log).toContain('ask Two.');
    expect(log).not.toContain('ask Three.');
    await stream.return?.();
  });

  it('hides the time to first audio of every segment but the first behind the one before', async () => {
    const handler = bySegment(segments)(speaker([], 60));
    const startedAt = performance.now();
    for await (const part of handler(testRequest(), testCall())) {
      if (part.type === 'audio') await new Promise((resolve) => setTimeout(resolve, 40));
    }
    // One after the other would take 3 × (60 + 80) = 420 ms.
    expect(performance.now() - startedAt).toBeLessThan(380);
  });

  it('closes the current and the requested segment when the reader leaves', async () => {
    const log: string[] = [];
    for await (const part of bySegment(segments)(speaker(log))(testRequest(), testCall())) {
      if (part.type === 'timing') break;
    }
    await vi.waitFor(() => {
      expect(log.filter((line) => line.startsWith('end')).sort()).toEqual(['end One.', 'end Two.']);
    });
  });

  it('throws the failure of a segment where it stands in the stream', async () => {
    const handler: SpeechHandler = ({ text }) =>
      text === 'Two.'
        ? streamOf([new SpeechError('upstream_failed', 'cut')])
        : speaker([])(testRequest({ text }), testCall());
    const seen: SpeechPart[] = [];
    await expect(async () => {
      for await (const part of bySegment(segments)(handler)(testRequest(), testCall())) seen.push(part);
    }).rejects.toMatchObject({ code: 'upstream_failed' });
    expect(audioOf(seen).toString()).toBe('<One.>');
  });

  it('refuses a provider that changes its format between segments', async () => {
    const handler: SpeechHandler = ({ text }) =>
      streamOf([startPart({ sampleRateHz: text === 'Two.' ? 16_000 : 8000 }), audioPart(0, text), completePart()]);
    await expect(collect(bySegment(segments)(handler)(testRequest(), testCall()))).rejects.toMatchObject({
      code: 'upstream_failed',
    });
  });

  it('speaks segments that come one by one as they come', async () => {
    async function* late(): AsyncGenerator<TextSegment, void, undefined> {
      for (const segment of segments()) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        yield segment;
      }
    }
    const parts = await collect(bySegment(late)(speaker([]))(testRequest(), testCall()));
    expect(audioOf(parts).toString()).toBe('<One.><Two.><Three.>');
  });
});
