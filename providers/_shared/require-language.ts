import { SpeechError } from '../../src/core/speech-error.js';

/** Throws `unsupported` where a voice of `languages` does not speak `asked`; a tag matches its own sub-tags and super-tags. */
export function requireLanguage(asked: string | undefined, languages: readonly string[], voice: string): void {
  if (asked === undefined) return;
  const wanted = `${asked.toLowerCase()}-`;
  const speaks = languages.some((tag) => {
    const has = `${tag.toLowerCase()}-`;
    return has.startsWith(wanted) || wanted.startsWith(has);
  });
  if (speaks) return;
  throw new SpeechError('unsupported', `${voice} speaks ${languages.join(', ')}, not ${asked}.`, { param: 'language' });
}
