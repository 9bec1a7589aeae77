import { expect, it } from 'vitest';
import { audioOf, collect, testCall, testRequest } from '../../../test/support/speech-parts.js';
import { bySegment } from '../../gateway/by-segment.js';
import type { SpeechHandler } from '../../core/speech-handler.js';
import type { SpeechRequest } from '../../core/speech-request.js';
import type { TextSegment } from '../../text/text-segment.js';
import { fallback } from '../fallback.js';
import { hearWords, TEXT, toneVoice, WORDS, type ToneVoice } from '../fixtures/tone-words.js';
import { continuation } from './continuation.js';

/** The sentences of the fixture as the gateway's segments. */
function segments({ text }: SpeechRequest): TextSegment[] {
  return [...text.matchAll(/\S[^.]*\.?/g)].map(({ 0: sentence, index }, at) => ({
    index: at,
    text: sentence,
    markup: 'plain' as const,
    textStart: index,
    textEnd: index + sentence.length,
    toClientOffset: (offset: number) => index + offset,
  }));
}

/** As providers do, without segments of their own. */
function oneSentence(options: ToneVoice): SpeechHandler {
  return async function* (request, call) {
    for await (const part of toneVoice(options)(request, call)) if (part.type !== 'segment') yield part;
  };
}

/** A provider that is asked sentence by sentence; the call for sentence `dies` ends after `chunks` audio parts. */
function dying(dies: number, chunks: number): SpeechHandler {
  let calls = -1;
  return (request, call) =>
    oneSentence({ voice: 'a', dieAt: (calls += 1) === dies ? chunks : Infinity })(request, call);
}

it('goes on where the gateway speaks by segments, whichever call dies and when', async () => {
  for (let dies = 0; dies < 10; dies += 1) {
    for (const chunks of [0, 1, 6, 14]) {
      if (dies === 0 && chunks === 0) continue; // no audio: that is a plain fallback
      const candidates = [
        { provider: 'a', voice: 'a', speak: bySegment(segments)(dying(dies, chunks)) },
        { provider: 'b', voice: 'b', speak: bySegment(segments)(oneSentence({ voice: 'b' })) },
      ];
      const handler = continuation({ mode: 'word', toPcm: () => (source) => source })(fallback({ candidates }));
      const parts = await collect(handler(testRequest({ text: TEXT }), testCall()));
      const heard = hearWords(audioOf(parts)).map(({ value }) => value);
      expect(heard.filter((value, index) => value !== heard[index - 1])).toEqual(WORDS);
      expect(heard.length).toBeLessThanOrEqual(WORDS.length + 1);
      expect(parts.filter(({ type }) => type === 'seam')).toHaveLength(1);
    }
  }
});
