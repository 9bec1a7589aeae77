import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isSpeechError } from '../core/speech-error.js';
import { checkSsml } from './check-ssml.js';
import { plainTextOf } from './plain-text-of.js';
import { segmentSsml } from './segment-ssml.js';
import type { TextSegment } from './text-segment.js';

/** Undefined where the markup around one word is longer than a segment. */
function cutOrTooLarge(ssml: string, maxCharacters: number): TextSegment[] | undefined {
  try {
    return segmentSsml(ssml, { maxCharacters });
  } catch (error) {
    if (isSpeechError(error) && error.code === 'too_large' && maxCharacters < 2000) return undefined;
    throw error;
  }
}

const texts = (ssml: string, maxCharacters = 1000): string[] =>
  segmentSsml(ssml, { maxCharacters }).map(({ text }) => text);

/** Well-formed documents with everything in them that makes cutting hard. */
const inline = fc.constantFrom(
  ...[
    [
      'One two three. ',
      'Is it? ',
      ' and so on',
      'Dr. Smith &amp; Co. ',
      '3.5 &#x1F389; ',
      '你好。',
      '\n   ',
      '! ',
      '5 &lt; 6. ',
    ],
    ['<break time="1s"/>', '<mark name="m"/>', '<!-- a. b. -->', '<![CDATA[x < y. Z]]>'],
    [
      '<say-as interpret-as="date">3. 4. 2024</say-as>',
      '<sub alias="W.">A. B.</sub>',
      '<phoneme ph="x>y">Q. R</phoneme>',
    ],
  ].flat(),
);
const body = fc.letrec<{ nodes: string; node: string }>((tie) => ({
  nodes: fc.array(tie('node'), { maxLength: 6 }).map((nodes) => nodes.join('')),
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    inline,
    fc
      .tuple(fc.constantFrom('p', 's', 'prosody rate="slow"', 'emphasis', "voice name='a>b'"), tie('nodes'))
      .map(([tag, nodes]) => `<${tag}>${nodes}</${tag.split(' ')[0]}>`),
  ),
})).nodes;
const someSsml = body.map((nodes) => `<speak xml:lang="en">Begin. ${nodes}</speak>`);

describe('segmentSsml', () => {
  it('cuts at sentence ends and opens again what was open', () => {
    expect(
      texts('<speak>One. <prosody rate="slow">Two &amp; <emphasis>three</emphasis>. Four</prosody> five.</speak>'),
    ).toEqual([
      '<speak>One.</speak>',
      '<speak> <prosody rate="slow">Two &amp; <emphasis>three</emphasis>.</prosody></speak>',
      '<speak><prosody rate="slow"> Four</prosody> five.</speak>',
    ]);
  });

  it('cuts at <s> and <p>, and not at the lines of the document', () => {
    expect(texts('<speak>\n<p><s>one</s><s>two</s></p>\n<p>three\nfour</p></speak>')).toEqual([
      '<speak>\n<p><s>one</s></p></speak>',
      '<speak><p><s>two</s></p></speak>',
      '<speak>\n<p>three\nfour</p></speak>',
    ]);
  });

  it('gives a pause between two sentences to the second, and what comes last to the last', () => {
    expect(texts('<speak>One. <break time="1s"/> Two. <mark name="end"/></speak>')).toEqual([
      '<speak>One.</speak>',
      '<speak> <break time="1s"/> Two. <mark name="end"/></speak>',
    ]);
  });

  it('never cuts what is read as a whole, names a lexicon in every part, drops the declaration', () => {
    expect(
      texts('<speak><say-as interpret-as="date">3. May. 2024</say-as> is it. <sub alias="W">A. B.</sub></speak>'),
    ).toHaveLength(2);
    expect(texts('<?xml version="1.0"?><speak><lexicon uri="x"/>One. Two.</speak>')).toEqual([
      '<speak><lexicon uri="x"/>One.</speak>',
      '<speak><lexicon uri="x"/> Two.</speak>',
    ]);
    expect(texts('<speak><audio src="x.wav"/></speak>')).toEqual(['<speak><audio src="x.wav"/></speak>']);
  });

  it('cuts by the language of the document', () => {
    expect(texts('<speak xml:lang="de">Am 3. Oktober.</speak>')).toHaveLength(1);
    expect(texts('<speak xml:lang="no such language">One. Two.</speak>')).toHaveLength(2);
  });

  it('moves offsets to the document', () => {
    const ssml = '<speak>One. <b>Two &amp; three.</b></speak>';
    const [, second] = segmentSsml(ssml, { maxCharacters: 100 });
    expect(second?.text).toBe('<speak> <b>Two &amp; three.</b></speak>');
    expect(ssml.slice(second?.textStart, second?.textEnd)).toBe('Two &amp; three.');
    expect(ssml.slice(second?.toClientOffset(second.text.indexOf('three')))).toBe('three.</b></speak>');
    expect(second?.toClientOffset(2)).toBe(ssml.indexOf(' <b>'));
    expect(second?.toClientOffset(999)).toBe(ssml.indexOf('</speak>'));
  });

  it('makes whole documents that together are the one', () => {
    fc.assert(
      fc.property(someSsml, fc.constantFrom(300, 500, 2000), (ssml, maxCharacters) => {
        const segments = cutOrTooLarge(ssml, maxCharacters);
        fc.pre(segments !== undefined);
        let bodies = '';
        let at = 0;
        for (const { text, textStart, textEnd, toClientOffset } of segments) {
          expect(text.length).toBeLessThanOrEqual(maxCharacters);
          checkSsml(text);
          expect(textStart).toBeGreaterThanOrEqual(at);
          expect(textEnd).toBeGreaterThanOrEqual(textStart);
          at = textEnd;
          bodies += ssml.slice(toClientOffset(0), toClientOffset(text.length));
        }
        expect(`<speak xml:lang="en">${bodies}</speak>`).toBe(ssml);
        const said = segments.map(({ text }) => plainTextOf(text)).join(' ');
        expect(said.replaceAll(/\s/g, '')).toBe(plainTextOf(ssml).replaceAll(/\s/g, ''));
      }),
      { numRuns: 500 },
    );
  });

  it('cuts what is too long inside the sentence, and refuses what cannot be cut', () => {
    const cut = texts(`<speak><voice name="x">${'word '.repeat(60)}</voice></speak>`, 100);
    expect(cut.every((text) => text.length <= 100 && text.startsWith('<speak><voice name="x">'))).toBe(true);
    expect(cut.join(' ').match(/word/g)).toHaveLength(60);
    expect(() => texts(`<speak><voice name="${'x'.repeat(200)}">Hi there.</voice></speak>`, 100)).toThrow(
      expect.objectContaining({ code: 'too_large', param: 'ssml' }),
    );
  });

  it.each([
    ['Hello', '1:7', '<speak>'],
    ['', '1:1', '<speak>'],
    ['<voice>x</voice>', '1:8', '<speak>'],
    ['<speak>one\nand & two</speak>', '2:5', '&amp;'],
    ['<speak>a &nbsp; b</speak>', '1:10', '&amp;'],
    ['<!DOCTYPE x [<!ENTITY a "b">]><speak>&a;</speak>', '1:31', 'DOCTYPE'],
    ['<speak><?php x?></speak>', '1:17', 'processing instruction'],
    ['<speak>x', '1:9', 'unclosed tag: speak'],
    ['<speak><b>x</c></speak>', '1:16', 'close tag'],
    ['<speak>5 < 6</speak>', '1:12', '&lt;'],
    ['<speak a="1" a="2">x</speak>', '1:', 'duplicate attribute'],
    ['<speak><break time="11s"/>x</speak>', '1:27', '10s'],
    ['<speak><break time="10001ms"/>x</speak>', '1:31', '10s'],
    ['<speak><break time="fast"/>x</speak>', '1:28', '500ms'],
    [`<speak>${'<p>'.repeat(32)}x${'</p>'.repeat(32)}</speak>`, '1:104', '32 deep'],
    ['<speak>a</speak><speak>b</speak>', '1:24', 'one root'],
    ['<speak>\ud800</speak>', '1:8', 'surrogate'],
  ])('refuses %j with its place', (ssml, place, word) => {
    const refused = (): unknown => segmentSsml(ssml, { maxCharacters: 100 });
    expect(refused).toThrow(expect.objectContaining({ code: 'invalid_request', param: 'ssml' }));
    expect(refused).toThrow(`ssml ${place}`);
    expect(refused).toThrow(word);
  });

  it('refuses a document with nothing to say', () => {
    for (const ssml of ['<speak/>', '<speak> </speak>', '<speak><break time="1s"/></speak>']) {
      expect(() => texts(ssml)).toThrow('no text');
    }
  });

  it('takes a pause of up to ten seconds, and every form of its time', () => {
    for (const time of ['10s', '0.5s', '+1s', '500ms', '.5s', '0ms']) {
      expect(texts(`<speak><break time="${time}"/>x</speak>`)).toHaveLength(1);
    }
  });

  it('takes time in proportion to the document', () => {
    const ssml = `<speak>${'<p>Hello <emphasis>there</emphasis>. How are you? &amp; <break time="1s"/></p>'.repeat(4000)}</speak>`;
    const startedAt = performance.now();
    expect(texts(ssml)).toHaveLength(8000);
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });
});

describe('plainTextOf', () => {
  it('is what is said', () => {
    const ssml =
      '<speak>One &amp;\n two<!-- no -->.<p><s>A <sub alias="World Wide Web">WWW</sub></s><s>B</s></p>' +
      '<audio src="x"><desc>a dog</desc>woof</audio> <![CDATA[x < y]]><break time="1s"/></speak>';
    expect(plainTextOf(ssml)).toBe('One & two.\nA World Wide Web\nB\nwoof x < y');
  });

  it('refuses what is no document', () => {
    expect(() => plainTextOf('<speak>')).toThrow('ssml 1:');
  });
});
