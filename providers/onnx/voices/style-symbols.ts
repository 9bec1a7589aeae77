/** Symbols of Kokoro 82M that its files may leave out, by id. */
const KOKORO: Readonly<Record<number, string>> = {
  1: ';:,.!?',
  9: '\u2014\u2026"()\u201c\u201d \u0303\u02a3\u02a5\u02a6\u02a8\u1d5d\uab67AI',
  31: 'O',
  33: 'Q',
  35: 'ST',
  39: 'W',
  41: 'Y\u1d4aabcdef',
  50: 'hijklmnopqrstuvwxyz\u0251\u0250\u0252\u00e6',
  75: '\u03b2\u0254\u0255\u00e7',
  80: '\u0256\u00f0\u02a4\u0259',
  85: '\u025a\u025b\u025c',
  90: '\u025f',
  92: '\u0261',
  99: '\u0265',
  101: '\u0268\u026a\u029d',
  110: '\u026f\u0270\u014b\u0273\u0272\u0274\u00f8',
  118: '\u0278\u03b8\u0153',
  123: '\u0279',
  125: '\u027e\u027b',
  128: '\u0281\u027d\u0282\u0283\u0288\u02a7',
  135: '\u028a\u028b',
  138: '\u028c\u0263\u0264',
  142: '\u03c7\u028e',
  147: '\u0292\u0294',
  156: '\u02c8\u02cc\u02d0',
  162: '\u02b0',
  164: '\u02b2',
  169: '\u2193',
  171: '\u2192\u2197\u2198',
  177: '\u1d7b',
};

export function kokoroVocabulary(): Record<string, number[]> {
  const ids = Object.create(null) as Record<string, number[]>;
  for (const [first, symbols] of Object.entries(KOKORO)) {
    for (const [index, symbol] of Array.from(symbols).entries()) ids[symbol] = [Number(first) + index];
  }
  return ids;
}

const PUNCTUATION = ';:,.!?\u00a1\u00bf\u2014\u2026"\u00ab\u00bb"" ';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const IPA =
  '\u0251\u0250\u0252\u00e6\u0253\u0299\u03b2\u0254\u0255\u00e7\u0257\u0256\u00f0\u02a4\u0259\u0258\u025a\u025b\u025c\u025d\u025e\u025f\u0284\u0261\u0260' +
  '\u0262\u029b\u0266\u0267\u0127\u0265\u029c\u0268\u026a\u029d\u026d\u026c\u026b\u026e\u029f\u0271\u026f\u0270\u014b\u0273\u0272\u0274\u00f8\u0275\u0278' +
  '\u03b8\u0153\u0276\u0298\u0279\u027a\u027e\u027b\u0280\u0281\u027d\u0282\u0283\u0288\u02a7\u0289\u028a\u028b\u2c71\u028c\u0263\u0264\u028d\u03c7\u028e' +
  "\u028f\u0291\u0290\u0292\u0294\u02a1\u0295\u02a2\u01c0\u01c1\u01c2\u01c3\u02c8\u02cc\u02d0\u02d1\u02bc\u02b4\u02b0\u02b1\u02b2\u02b7\u02e0\u02e4\u02de\u2193\u2191\u2192\u2197\u2198'\u0329'\u1d7b";

/** The 178 symbols of StyleTTS 2 and Matcha, by their places. Some stand there twice: the last place is the one. */
export function styleTtsVocabulary(pad: string): Record<string, number[]> {
  const ids = Object.create(null) as Record<string, number[]>;
  for (const [index, symbol] of Array.from(pad + PUNCTUATION + LETTERS + IPA).entries()) ids[symbol] = [index];
  return ids;
}
