const ID = /^([abefhijpz])([fm])_/;

const LANGUAGES: Readonly<Record<string, string>> = {
  a: 'en-US',
  b: 'en-GB',
  e: 'es',
  f: 'fr',
  h: 'hi',
  i: 'it',
  j: 'ja',
  p: 'pt-BR',
  z: 'zh',
};

/**
 * What the id of a Kokoro voice tells by its first two letters: `af_heart`, `bm_george`. Undefined for other ids.
 * Source: https://huggingface.co/hexgrad/Kokoro-82M/blob/main/VOICES.md
 */
export function kokoroVoice(id: string): { languages: readonly string[]; gender: 'female' | 'male' } | undefined {
  const [, language, sex] = ID.exec(id) ?? [];
  const spoken = LANGUAGES[language ?? ''];
  return spoken === undefined ? undefined : { languages: [spoken], gender: sex === 'f' ? 'female' : 'male' };
}
