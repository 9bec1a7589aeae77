/** `en_US`, `en-us`, `pt-PT` → BCP-47; undefined for what is none. */
export function languageTag(code: string | undefined): string | undefined {
  if (code === undefined) return undefined;
  const [plain = ''] = code.replace(/^.*\//, '').replaceAll('_', '-').split('+');
  try {
    return Intl.getCanonicalLocales(LANGUAGES[plain.toLowerCase()] ?? plain)[0];
  } catch {
    return undefined;
  }
}

const LANGUAGES: Readonly<Record<string, string>> = {
  cmn: 'zh',
  nb: 'nb-NO',
  'en-gb-x-rp': 'en-GB',
  eng: 'en',
  deu: 'de',
  fra: 'fr',
  spa: 'es',
};
