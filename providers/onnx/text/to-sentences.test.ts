import { beforeAll, describe, expect, it } from 'vitest';
import { piperIdMap } from '../fixtures/piper-voice.js';
import { alignWords } from './align-words.js';
import { encodeIds, symbolsOf } from './encode-ids.js';
import { EspeakPhonemizer } from './espeak-phonemizer.js';
import type { Encoding, Frontend, Phoneme } from './frontend.js';
import { toSentences } from './to-sentences.js';

const ids = { _: [0], '^': [1], $: [2], ' ': [3], a: [14], b: [15], aɪ: [161], '\u0303': [141], õ: [99], '2': [30] };
const piper: Encoding = { ids, clusters: [], start: [1], end: [2], filler: 'after', fillerId: 0, maxIds: 1000 };
const phonemes = (...symbols: string[]): Phoneme[] => symbols.map((symbol) => ({ symbol, word: -1 }));

describe('ids, by the rules of each format', () => {
  it('Piper: BOS and PAD, each symbol and PAD, EOS without one', () => {
    expect(encodeIds(phonemes('a', ' ', 'b'), piper).ids).toEqual([1, 0, 14, 0, 3, 0, 15, 0, 2]);
    expect(encodeIds([], piper).ids).toEqual([1, 0, 2]);
  });

  it('leaves out symbols that the voice does not know, and names them', () => {
    expect(encodeIds(phonemes('a', '\u0283', 'b'), piper)).toMatchObject({
      ids: [1, 0, 14, 0, 15, 0, 2],
      unknown: ['\u0283'],
    });
  });

  it('one PAD after a symbol of several ids, which all belong to it', () => {
    const many = { ...piper, ids: { a: [14, 15] } };
    expect(encodeIds(phonemes('a'), many)).toMatchObject({ ids: [1, 0, 14, 15, 0, 2], owners: [-1, -1, 0, 0, 0, -1] });
  });

  it('MMS and Coqui: a blank around each symbol', () => {
    const around: Encoding = { ...piper, start: [], end: [], filler: 'around', fillerId: 7 };
    expect(encodeIds(phonemes('a', 'b'), around).ids).toEqual([7, 14, 7, 15, 7]);
  });

  it('pinyin: no PAD after BOS, one after each tone', () => {
    const pinyin: Encoding = { ...piper, filler: 'syllable' };
    expect(encodeIds(phonemes('b', 'a', '2', 'a', '2'), pinyin).ids).toEqual([1, 15, 14, 30, 0, 14, 30, 0, 2]);
  });

  it('Kokoro: nothing between', () => {
    expect(encodeIds(phonemes('a', 'b'), { ...piper, start: [0], end: [0], filler: 'none' }).ids).toEqual([
      0, 14, 15, 0,
    ]);
  });

  it('clusters stay together, the longest first', () => {
    expect(symbolsOf('baɪa', ['aɪ'])).toEqual(['b', 'aɪ', 'a']);
    expect(symbolsOf('xyz', ['xy', 'x'])).toEqual(['xy', 'z']);
  });
});

describe('words along a clause', () => {
  it('follow what is run together, left out and added', () => {
    const words = Array.from('in')
      .map((sound) => ({ sound, word: 0 }))
      .concat(
        Array.from('ðə').map((sound) => ({ sound, word: 1 })),
        Array.from('end').map((sound) => ({ sound, word: 2 })),
      );
    expect(alignWords(Array.from('inðɪend'), words)).toEqual([0, 0, 1, 1, 2, 2, 2]);
    expect(alignWords(Array.from('inənd'), words)).toEqual([0, 0, expect.any(Number), 2, 2]);
    expect(alignWords([], words)).toEqual([]);
    expect(alignWords(['a'], [])).toEqual([-1]);
  });
});

describe('text into sentences', () => {
  const frontend = (more: Partial<Frontend> = {}): Frontend => ({
    source: 'espeak',
    espeakVoice: 'en-us',
    style: 'piper',
    lowerCase: false,
    encoding: { ...piper, ids: piperIdMap() },
    ...more,
  });
  let espeak: EspeakPhonemizer;
  beforeAll(async () => {
    espeak = await EspeakPhonemizer.load();
  });
  const read = async (text: string, more: Partial<Frontend> = {}): Promise<string[]> => {
    const sentences = await toSentences(frontend(more), text, false, () => Promise.resolve(espeak));
    return sentences.map((sentence) => sentence.phonemes.map(({ symbol }) => symbol).join(''));
  };

  it.each([
    ['Hello, world.', ['həlˈoʊ, wˈɜːld.']],
    ['Hi! No? Yes', ['hˈaɪ!', 'nˈoʊ?', 'jˈɛs']],
    ['Dr. Smith', ['dˈɑːktɚ.', 'smˈɪθ']],
    ['She paid: now; ok', ['ʃiː pˈeɪd: nˈaʊ; ˌoʊkˈeɪ']],
    ['In the end of a day.', ['ɪnðɪ ˈɛnd əvə dˈeɪ.']],
    ['One\n\ntwo', ['wˌʌn', 'tˈuː']],
    ['Wait... no', ['wˈeɪt nˈoʊ']],
    ['At 3:45 p.m. today', ['æt θɹˈiː fˈɔːɹɾi fˈaɪv pˌiːˈɛm tədˈeɪ']],
    ['one — two', ['wˌʌn tˈuː']],
    ['He said “no.” Then left', ['hiː sˈɛd nˈoʊ.', 'ðˈɛn lˈɛft']],
  ])('assembles clauses as Piper does: %j', async (text, expected) => {
    expect(await read(text)).toEqual(expected);
  });

  it('keeps raw phonemes in their sentence, with the spaces around them', async () => {
    expect(await read('Say [[həlˈoʊ]] now.')).toEqual(['sˈeɪ həlˈoʊ nˈaʊ.']);
    expect(await read('[[a]]b')).toEqual(['a bˈiː']);
    expect(await read('not [[closed')).toHaveLength(1);
  });

  it('speaks what looks like markup, and takes nothing for a command', async () => {
    expect((await read('Fish & <chips> are good'))[0]).toMatch(/tʃˈɪps/);
    expect((await read('a &lt; b'))[0]).not.toMatch(/lˈɛs/);
    expect(await read('\u0001\ud800 x')).toHaveLength(1);
  });

  it('decomposes characters and drops the flags of languages', async () => {
    const [french] = await read('bonjour maman', { espeakVoice: 'fr-fr' });
    expect(french).toBe(french?.normalize('NFD'));
    expect((await read('Das Meeting', { espeakVoice: 'de' }))[0]).not.toContain('(');
  });

  it('finds voices under the names that configs use, and refuses those that are not there', async () => {
    for (const espeakVoice of ['en-gb', 'pt-PT', 'no', 'zh', 'EN-US', 'gmw/en-US', 'de-AT']) {
      expect((await read('ok', { espeakVoice })).length, espeakVoice).toBe(1);
    }
    await expect(read('ok', { espeakVoice: 'xx-nope' })).rejects.toMatchObject({ code: 'unsupported' });
    expect((await read('five', { espeakVoice: 'en-us' }))[0]).toBe('fˈaɪv');
  });

  it('writes phonemes as Kokoro reads them', async () => {
    const style = { style: 'kokoro' } as const;
    expect(await read('The cheap judge voted now, boy.', style)).toEqual(['ðə ʧˈip ʤˈʌʤ vˈOTᵻd nˈW, bˈY.']);
    expect(await read('Hello — "my" friend!', style)).toEqual(['həlˈO — mI fɹˈɛnd!']);
    expect(await read('Hello, you? Yes', { style: 'kitten' })).toEqual(['həlˈoʊ , juː ?', 'jˈɛs']);
  });

  it('text voices: the characters themselves, decomposed where they are not known', async () => {
    const text = { source: 'text', encoding: piper } as const;
    expect(await read('ãb', text)).toEqual(['a\u0303b']);
    expect(await read('õ', text)).toEqual(['õ']);
    expect(await read('AB', { ...text, lowerCase: true })).toEqual(['ab']);
    expect(await read('a-b', { ...text, style: 'plain' })).toEqual(['ab']);
    expect(await read('?!', { ...text, style: 'plain' })).toEqual([]);
  });

  it('pinyin: syllables with tones; characters are refused', async () => {
    const pinyin = { source: 'pinyin', encoding: { ...piper, filler: 'syllable' } } as const;
    expect(await read('ba2', pinyin)).toEqual(['ba2']);
    await expect(read('你好', pinyin)).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('cuts what is too long for the model, at a comma or a space, and loses nothing', async () => {
    const short = { encoding: { ...piper, ids: piperIdMap(), maxIds: 64 } };
    const text = 'one two three four five, six seven eight nine ten eleven twelve thirteen';
    const [pieces, whole] = [await read(text, short), await read(text)];
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces.join('')).toBe(whole.join(''));
    const sentences = await toSentences(frontend(short), text, true, () => Promise.resolve(espeak));
    for (const [i, { ids: own, start, end }] of sentences.entries()) {
      expect(own.length).toBeLessThanOrEqual(64);
      expect(start).toBe(sentences[i - 1]?.end ?? 0);
      expect(end).toBeGreaterThan(start);
    }
    expect(sentences.at(-1)?.end).toBe(text.length);
  });
});
