import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { espeakDocument } from './document.js';

describe('espeakDocument', () => {
  it('escapes what the engine would take for markup, phonemes or commands', () => {
    expect(espeakDocument('a<b & [[c]] \u0001d', 'plain').text).toBe('a&lt;b &amp; [\u200b[c]]  d');
    expect(espeakDocument('<s>a &amp; b \u0001</s>', 'ssml').text).toBe('<s>a &amp; b  </s>');
    expect(espeakDocument('x\uD83Dy', 'plain').text).toBe('x\uFFFDy');
  });

  it('leaves no markup, no phoneme bracket and no half surrogate in any text', () => {
    const text = fc.string({ unit: fc.constantFrom('<', '&', '[', ']', 'a', '😀', '\u0001', '\uD800', ' ') });
    fc.assert(
      fc.property(text, (plain) => {
        const document = espeakDocument(plain, 'plain');
        expect(document.text).not.toMatch(/<|\[\[|&(?!lt;|amp;)|[\u0000-\u0008]/);
        expect(document.text).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });

  it('leads each position back to the character that it came from', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (plain) => {
        const document = espeakDocument(plain, 'plain');
        const codePoints = Array.from(document.text);
        for (const [position, codePoint] of codePoints.entries()) {
          const original = plain.codePointAt(document.offsetOf(position)) ?? -1;
          if (codePoint === String.fromCodePoint(original)) continue;
          expect('<&[\uFFFD').toContain(original >= 0xd800 && original < 0xe000 ? '\uFFFD' : speakable(original));
        }
        expect(document.offsetOf(codePoints.length)).toBe(plain.length);
      }),
    );
  });
});

// Control characters are written as spaces, which is a fair answer for any of them.
function speakable(codePoint: number): string {
  const character = String.fromCodePoint(codePoint);
  return /\p{Cc}/u.test(character) ? '<' : character;
}
