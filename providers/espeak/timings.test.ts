import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/core/call-context.js';
import type { Provider } from '../../src/core/provider.js';
import type { TimingKind, TimingPart } from '../../src/core/speech-part.js';
import type { SpeechRequest } from '../../src/core/speech-request.js';
import { createHostFactory } from '../../src/hosts/host-factory.js';
import { call, hear, request, type Heard } from './fixtures/speech.js';
import espeak from './index.js';

describe('timings of espeak', () => {
  const hosts = createHostFactory();
  let provider: Provider;
  beforeAll(async () => {
    provider = await espeak.create(espeak.options.parse({ hosts: 1 }), { id: 'espeak', hosts, log: silentLog });
  });
  afterAll(() => hosts.close());

  const say = (text: string, more: Partial<SpeechRequest> = {}): Promise<Heard> =>
    hear(provider.speak(request(text, { timings: 'word', ...more }), call()));
  const of = (heard: Heard, kind: TimingKind): TimingPart[] => heard.timings.filter((part) => part.kind === kind);

  /** Every timing lies on the text and in the audio, and the kinds each go forward. */
  function check(text: string, heard: Heard): void {
    for (const part of heard.timings) {
      if (part.kind !== 'phoneme' && part.kind !== 'mark') {
        expect(part.value).toBe(text.slice(part.textStart, part.textEnd));
      }
      expect(part.endMs).toBeGreaterThanOrEqual(part.startMs);
      expect(part.endMs).toBeLessThanOrEqual(heard.durationMs + 10);
    }
    for (const kind of ['word', 'phoneme', 'mark', 'sentence'] as const) {
      const starts = of(heard, kind).map((part) => part.startMs);
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
    }
  }

  it.each<[string, string[]]>([
    ['Hello world.', ['Hello', 'world']],
    ['Hi 😀 there 𝕏 zed, ok?', ['Hi', '😀', 'there', '𝕏', 'zed', 'ok']],
    ['If a < b & c > d then stop. AT&T rules.', ['If', 'a', 'b', '&', 'c', 'd', 'then', 'stop', 'AT&T', 'rules']],
    ["I don't say well-known words, e.g. none.", ['I', "don't", 'say', 'well-known', 'words', 'e.g', 'none']],
    ['Costs 12.50 and 1,234 items.', ['Costs', '12.50', 'and', '1,234', 'items']],
    ['He said "stop", then (quietly) left.', ['He', 'said', 'stop', 'then', 'quietly', 'left']],
  ])('finds the words of %j', async (text, words) => {
    const heard = await say(text);
    check(text, heard);
    expect(of(heard, 'word').map((part) => part.value)).toEqual(words);
  });

  it('finds the words of languages without spaces', async () => {
    const text = '你好世界。';
    const heard = await say(text, { voice: 'cmn' });
    check(text, heard);
    expect(of(heard, 'word').map((part) => part.value)).toEqual(['你好', '世', '界']);
  });

  it('tells sentences with their final stop, and where the sound of their last word ends', async () => {
    const text = 'First one here.  Second, 𝕏 too!';
    const heard = await say(text);
    check(text, heard);
    const [first, second] = of(heard, 'sentence');
    expect([first?.value, second?.value]).toEqual(['First one here.', 'Second, 𝕏 too!']);
    expect(second?.startMs).toBe(of(heard, 'word')[3]?.startMs);
    const here = of(heard, 'word')[2];
    expect(here?.endMs).toBeLessThan((second?.startMs ?? 0) - 100);
  });

  it('tells phonemes only when they are asked for, each inside its word', async () => {
    expect(of(await say('Hello world.'), 'phoneme')).toEqual([]);
    const heard = await say('Hello world.', { timings: 'phoneme' });
    check('Hello world.', heard);
    const [hello] = of(heard, 'word');
    const phonemes = of(heard, 'phoneme').filter((part) => part.textStart === hello?.textStart);
    expect(phonemes.map((part) => part.value).join('')).toBe('həlˈoʊ');
    for (const part of phonemes) expect(part.endMs).toBeLessThanOrEqual(hello?.endMs ?? 0);
  });

  it('tells nothing when nothing is asked for, except the marks of SSML', async () => {
    expect((await say('Hello world.', { timings: 'none' })).timings).toEqual([]);
    const text = '<speak>Ab <mark name="m.1"/> cd <mark name=\'last\'/></speak>';
    const heard = await say(text, { markup: 'ssml', timings: 'none' });
    check(text, heard);
    expect(heard.timings.map(({ value, textStart }) => [value, textStart])).toEqual([
      ['m.1', text.indexOf('<mark')],
      ['last', text.lastIndexOf('<mark')],
    ]);
  });

  it('points into the SSML document', async () => {
    const text = '<speak>😀 <emphasis>Big</emphasis> &amp; bad<break time="300ms"/> world.</speak>';
    const heard = await say(text, { markup: 'ssml' });
    check(text, heard);
    expect(of(heard, 'word').map((part) => part.value)).toEqual(
      expect.arrayContaining(['Big', '&amp;', 'bad', 'world']),
    );
    expect(of(heard, 'sentence').at(-1)?.value).toMatch(/world\.$/);
  });

  it('comes no later than one word after the audio it belongs to', async () => {
    const heard = await say('One two three four five six seven eight nine ten.');
    let audioMs = 0;
    let words = 0;
    for (const part of heard.parts) {
      if (part.type === 'audio') audioMs += part.data.length / 44.1;
      if (part.type === 'timing' && part.kind === 'word') {
        expect(audioMs - part.endMs).toBeLessThan(300);
        words += 1;
      }
    }
    expect(words).toBe(10);
  });
});
