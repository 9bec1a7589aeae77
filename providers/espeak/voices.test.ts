import { beforeAll, describe, expect, it } from 'vitest';
import { EspeakMachine } from './espeak-machine.js';
import { EspeakVoices } from './voices.js';

describe('the voices of espeak', () => {
  let machine: EspeakMachine;
  let voices: EspeakVoices;
  beforeAll(async () => {
    machine = await EspeakMachine.load();
    voices = new EspeakVoices(machine.catalogue(), ['f3', 'm3', 'no-such-variant']);
  });
  const listed = (id: string) => voices.list.find((voice) => voice.id === id);

  it('has every voice of the engine and the listed variants of each, under ids of their own', () => {
    const ids = voices.list.map((voice) => voice.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !id.includes('+'))).toHaveLength(140);
    expect(ids).toHaveLength(3 * 140);
    expect(ids).toEqual(expect.arrayContaining(['en-us', 'en-gb', 'de', 'fr-fr', 'cmn', 'yue', 'yue-latn-jyutping']));
  });

  it('names languages in BCP-47', () => {
    for (const { id, languages } of voices.list) {
      expect(languages.length, id).toBeGreaterThan(0);
      for (const tag of languages) expect(() => Intl.getCanonicalLocales(tag), `${id}: ${tag}`).not.toThrow();
    }
    const expected = {
      'en-us': ['en-US'],
      'en-029': ['en-029'],
      cmn: ['zh', 'cmn'],
      'fr-fr': ['fr-FR'],
      nb: ['nb', 'no'],
      'es-419': ['es-419', 'es-MX'],
      'vi-vn-x-south': ['vi-VN-x-south'],
      'ca-va': ['ca-valencia'],
      piqd: ['tlh-Piqd'],
    };
    for (const [id, languages] of Object.entries(expected)) expect(listed(id)?.languages, id).toEqual(languages);
  });

  it('tells names and genders, as far as the engine knows them', () => {
    expect(listed('en-us')).toMatchObject({ name: 'English (America)', gender: 'male' });
    expect(listed('en-us+f3')).toMatchObject({ name: 'English (America), female3', gender: 'female' });
    const klatt = new EspeakVoices(machine.catalogue(), ['klatt']).list.find((voice) => voice.id === 'de+klatt');
    expect(klatt).toBeDefined();
    expect(klatt).not.toHaveProperty('gender');
  });

  it('finds voices by id, language code and file name in any case, with any variant of the engine', () => {
    expect(voices.find('EN-us')?.engineVoice).toBe('gmw/en-US');
    expect(voices.find('en')?.engineVoice).toBe('gmw/en');
    expect(voices.find('zh')?.engineVoice).toBe('sit/cmn');
    expect(voices.find('fr')?.engineVoice).toBe('roa/fr');
    expect(voices.find('chr')?.engineVoice).toBe('iro/chr');
    expect(voices.find('de+Whisper')?.engineVoice).toBe('gmw/de+whisper');
    expect(voices.find('xx')).toBeUndefined();
  });

  it('can speak every one', () => {
    for (const { id } of voices.list) {
      let peak = 0;
      const voice = voices.find(id)?.engineVoice ?? '';
      machine.speak({ voice, text: '12 ka la mi', rate: 175, pitch: 50, range: 50, volume: 100 }, (pcm) => {
        for (const sample of pcm) peak = Math.max(peak, Math.abs(sample));
        return false;
      });
      expect(peak, id).toBeGreaterThan(1_000);
    }
  });
});
