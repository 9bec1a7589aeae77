/** What Kokoro was trained to read for espeak's phonemes, in all languages: one letter for each pair. */
const PAIRS: readonly (readonly [string, string])[] = [
  ['a\u026a', 'I'],
  ['a\u028a', 'W'],
  ['dz', '\u02a3'],
  ['d\u0292', '\u02a4'],
  ['e\u026a', 'A'],
  ['o\u028a', 'O'],
  ['\u0259\u028a', 'Q'],
  ['ts', '\u02a6'],
  ['t\u0283', '\u02a7'],
  ['\u0254\u026a', 'Y'],
];

const ENGLISH: readonly (readonly [string, string])[] = [
  ['\u0259l', '\u1d4al'],
  ['\u02b2', ''],
  ['\u025a', '\u0259\u0279'],
  ['r', '\u0279'],
  ['x', 'k'],
  ['\u00e7', 'k'],
  ['\u0250', '\u0259'],
  ['\u026c', 'l'],
  ['\u0303', ''],
];
const AMERICAN: readonly (readonly [string, string])[] = [
  ['\u025c\u02d0\u0279', '\u025c\u0279'],
  ['\u025c\u02d0', '\u025c\u0279'],
  ['\u026a\u0259', 'i\u0259'],
  ['\u02d0', ''],
  ['\u027e', 'T'],
  ['\u0294', 't'],
];
const BRITISH: readonly (readonly [string, string])[] = [
  ['e\u0259', '\u025b\u02d0'],
  ['i\u0259', '\u026a\u0259'],
];

/** One phoneme of espeak, stress included, as Kokoro writes it. */
export function kokoroSymbols(phoneme: string, espeakVoice: string): string {
  const dialect = /^en(-us)?$|en-us/i.test(espeakVoice) ? AMERICAN : BRITISH;
  const rules = /^(gmw\/)?en/i.test(espeakVoice) ? [...PAIRS, ...ENGLISH, ...dialect] : PAIRS;
  return rules.reduce((text, [from, to]) => text.replaceAll(from, to), phoneme);
}
