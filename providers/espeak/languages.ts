import type { EngineVoice } from './engine-job.js';

/** Where the engine's own codes are not BCP-47, name another language, or say less than the voice is. */
const CORRECTED: Readonly<Record<string, readonly string[]>> = {
  'iro/chr': ['chr'],
  'roa/ca-ba': ['ca-x-balear'],
  'roa/ca-nw': ['ca-x-nw'],
  'roa/ca-va': ['ca-valencia'],
  'sit/cmn': ['zh', 'cmn'],
  'sit/cmn-Latn-pinyin': ['zh-Latn-pinyin', 'cmn-Latn-pinyin'],
  'sit/yue': ['yue'],
  'sit/yue-Latn-jyutping': ['yue-Latn-jyutping'],
  'gmw/en-US-nyc': ['en-US-x-nyc'],
  'zls/hr': ['hr'],
  'ine/hy': ['hy'],
  'ine/hyw': ['hyw'],
  'art/piqd': ['tlh-Piqd'],
  'art/py': ['art-x-pyash'],
  'art/xex': ['art-x-xextan'],
  'zle/ru-cl': ['ru-x-classic'],
};

/** BCP-47 tags of a voice, the main one first. A bare language is left out beside a region of it: en-US is not all en. */
export function languagesOf(voice: EngineVoice): readonly string[] {
  const corrected = CORRECTED[voice.identifier];
  if (corrected) return corrected;
  const tags = voice.languages.map(({ name }) => bcp47Case(name));
  return tags.filter((tag) => !tags.some((other) => other.startsWith(`${tag}-`)));
}

/** A wish may be wider (`en`) or narrower (`de-AT` for a voice that speaks `de`) than what the voice speaks. */
export function speaks(languages: readonly string[], wanted: string): boolean {
  const wish = wanted.toLowerCase();
  return languages.some((language) => {
    const tag = language.toLowerCase();
    return tag === wish || tag.startsWith(`${wish}-`) || wish.startsWith(`${tag}-`);
  });
}

/** `en-us` → `en-US`, `cmn-latn-pinyin` → `cmn-Latn-pinyin`; private subtags stay lower case. */
function bcp47Case(code: string): string {
  const parts = code.toLowerCase().split('-');
  const privateAt = parts.indexOf('x');
  const cased = parts.map((part, index) => {
    if (index === 0 || (privateAt >= 0 && index >= privateAt)) return part;
    if (part.length === 2) return part.toUpperCase();
    return part.length === 4 && /^[a-z]/.test(part) ? part.charAt(0).toUpperCase() + part.slice(1) : part;
  });
  return cased.join('-');
}
