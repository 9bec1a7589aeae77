import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { segmentText } from './segment-text.js';
import type { TextSegment } from './text-segment.js';
import { TextSegmenter, type TextSegmenterOptions } from './text-segmenter.js';

const PIECES = [
  ['Hello', 'world', 'he', 'She', 'Dr', 'e.g', 'U.S', 'No', 'p', 'I', 'J', 'etc', 'Vol', 'II', 'Ph.D', 'The', 'z.'],
  ['3', '12', '3.5', 'v1.2', '10:30', '$5', '1', 'https://a.b/c?d=1!e', 'a@b.c', 'x.txt', '.NET', '1,000'],
  ['.', '.', '.', '!', '?', '...', '…', '?!', ',', ';', ':', ' — ', '-', '- ', '* ', '1. ', '"', '“', '”', '(', ')'],
  ['«', '»', ' »', '**', '_', '’', ' ', ' ', ' ', '  ', '\n', '\r\n', '\r', '\n\n', '\t', '\u00a0', '\u2029'],
  ['你好', '。', '！', '？', '「', '」', '，', '、', 'です', 'नमस्ते', '।', 'مرحبا', '؟', 'สวัสดีครับ', 'e\u0301', 'Straße'],
  ['🎉', '👍🏽', '👩‍👩‍👧‍👦', '🇩🇪', '\ud83c', '\udf89', '\ufe0f', '\u200d', '𝒳', '\ufeff'],
].flat();
const someText = fc
  .array(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...PIECES) }, fc.string({ maxLength: 6, unit: 'binary' })), {
    maxLength: 60,
  })
  .map((pieces) => pieces.join(''));
const someOptions = fc.record({
  language: fc.constantFrom('en', 'de', 'el', 'ja', 'th', 'tr'),
  maxCharacters: fc.oneof(fc.integer({ min: 2, max: 60 }), fc.constant(1000)),
  eagerFirst: fc.boolean(),
});

interface Bare {
  index: number;
  text: string;
  textStart: number;
  textEnd: number;
}

function bare(segments: readonly TextSegment[]): Bare[] {
  return segments.map(({ index, text, textStart, textEnd }) => ({ index, text, textStart, textEnd }));
}

function inPieces(pieces: readonly string[], options: TextSegmenterOptions): TextSegment[] {
  const segmenter = new TextSegmenter(options);
  return [...pieces.flatMap((piece) => segmenter.push(piece)), ...segmenter.end()];
}

/** Cuts anywhere, between the halves of a surrogate pair too. */
function cutAt(text: string, cuts: readonly number[]): string[] {
  const places = [...cuts.map((cut) => cut % (text.length + 1)), 0, text.length].sort((a, b) => a - b);
  return places.slice(1).map((place, at) => text.slice(places[at], place));
}

describe('TextSegmenter', () => {
  it('makes the same segments however the text is cut', () => {
    fc.assert(
      fc.property(someText, someOptions, fc.array(fc.nat(2000), { maxLength: 20 }), (text, options, cuts) => {
        const whole = bare(segmentText(text, options));
        expect(bare(inPieces(cutAt(text, cuts), options))).toEqual(whole);
        expect(bare(inPieces(text.split(''), options))).toEqual(whole);
      }),
      { numRuns: 1500 },
    );
  });

  it('covers all but white space, in order, in segments of at most maxCharacters that tear no character apart', () => {
    fc.assert(
      fc.property(someText, someOptions, (text, options) => {
        const segments = segmentText(text, options);
        let at = 0;
        for (const [index, segment] of segments.entries()) {
          expect(segment.index).toBe(index);
          expect(segment.text).toBe(text.slice(segment.textStart, segment.textEnd));
          expect(segment.text.trim()).toBe(segment.text);
          expect(segment.text).not.toBe('');
          expect(segment.text.length).toBeLessThanOrEqual(options.maxCharacters);
          expect(text.slice(at, segment.textStart).trim()).toBe('');
          const joint = text.slice(segment.textEnd - 1, segment.textEnd + 1);
          expect(/^[\ud800-\udbff][\udc00-\udfff]$/.test(joint)).toBe(false);
          at = segment.textEnd;
        }
        expect(text.slice(at).trim()).toBe('');
      }),
      { numRuns: 1000 },
    );
  });

  it('after a flush goes on as with a new text', () => {
    fc.assert(
      fc.property(fc.array(someText, { maxLength: 4 }), someOptions, (texts, options) => {
        fc.pre(!texts.some((text) => /[\ud800-\udbff]$/.test(text)));
        const plain = { ...options, eagerFirst: false };
        const segmenter = new TextSegmenter(plain);
        const flushed = texts.map((text) => [...segmenter.push(text), ...segmenter.flush()].map((one) => one.text));
        expect(flushed).toEqual(texts.map((text) => segmentText(text, plain).map((one) => one.text)));
        expect(segmenter.end()).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('does not wait after a flush for a bracket that was opened before it', () => {
    const segmenter = new TextSegmenter({ maxCharacters: 100 });
    segmenter.push('「');
    segmenter.flush();
    expect(segmenter.push('Hello。').map(({ text }) => text)).toEqual(['Hello。']);
  });

  it.each([
    ['Hello there. H', ['Hello there.']],
    ['Hello there.', []],
    ['Hello there. ', []],
    ['Hello there.\n', ['Hello there.']],
    ['你好。', ['你好。']],
    ['「你好。', []],
    ['「你好。」他', ['「你好。」']],
    ['The U.S. A', []],
    ['The U.S. He ', ['The U.S.']],
    ['A title\n', ['A title']],
    ['1. ', []],
  ])('after %j it has given %j', (text, given) => {
    const segmenter = new TextSegmenter({ maxCharacters: 100 });
    expect(segmenter.push(text).map((segment) => segment.text)).toEqual(given);
  });

  it('cuts a long sentence at clauses, then at white space, then between words, then between characters', () => {
    const cut = (text: string, maxCharacters: number, language = 'en'): string[] =>
      segmentText(text, { maxCharacters, language }).map((segment) => segment.text);
    expect(cut('First there was one, then there were two and three.', 30)).toEqual([
      'First there was one,',
      'then there were two and three.',
    ]);
    expect(cut('one two three four five six', 12)).toEqual(['one two', 'three four', 'five six']);
    expect(cut('今天天气很好，我们一起去公园散步吧', 10)).toEqual(['今天天气很好，', '我们一起去公园散步吧']);
    expect(cut('สวัสดีครับวันนี้อากาศดีมาก', 12, 'th').every((text) => text.length <= 12)).toBe(true);
    expect(cut('x'.repeat(25), 10)).toEqual(['x'.repeat(10), 'x'.repeat(10), 'x'.repeat(5)]);
    expect(cut('e\u0301'.repeat(6), 5)).toEqual(['e\u0301e\u0301', 'e\u0301e\u0301', 'e\u0301e\u0301']);
    expect(cut('👍🏽'.repeat(4), 9)).toEqual(['👍🏽👍🏽', '👍🏽👍🏽']);
  });

  it('lets the first clause go early, once', () => {
    const early = (text: string): string[] =>
      new TextSegmenter({ maxCharacters: 100, eagerFirst: true }).push(text).map((segment) => segment.text);
    expect(early('Well, to begin with, ')).toEqual(['Well, to begin with,']);
    expect(early('Well, then, ')).toEqual(['Well, then,']);
    expect(early('Oh, no, ')).toEqual([]);
    expect(early('There are 1,000,000 of them')).toEqual([]);
    expect(early('To begin with, there is this, and then, ')).toEqual(['To begin with,']);
    expect(early('我今天早上起来之后，就')).toEqual(['我今天早上起来之后，']);
  });

  it('takes nothing after its end', () => {
    const segmenter = new TextSegmenter({ maxCharacters: 10 });
    segmenter.end();
    expect(() => segmenter.push('x')).toThrow('end');
    expect(() => new TextSegmenter({ maxCharacters: 1 })).toThrow(RangeError);
  });

  it.each([
    ['sentences', 'This is one of very many sentences, number 3.5. '],
    ['abbreviations', 'e.g. Dr. U.S. No. 5 '],
    ['stops', '.'],
    ['quotes after stops', '."'],
    ['letters', 'x'],
    ['white space', ' '],
    ['dots and blanks', '. '],
    ['Chinese', '今天天气很好我们去公园'],
    ['brackets', '「'],
    ['emoji', '! 🎉'],
    ['lines', 'a\n'],
  ])('takes time in proportion to the text: %s', (_, piece) => {
    const text = piece.repeat(200_000 / piece.length);
    const startedAt = performance.now();
    segmentText(text, { maxCharacters: 500 });
    inPieces(text.slice(0, 20_000).split(''), { maxCharacters: 500 });
    // The square of the length would be hours; 3 s are far above what any of these needs.
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });
});
