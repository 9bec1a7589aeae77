import { checkSsml } from './check-ssml.js';
import { attributeOf, decodeEntities, ssmlTokens } from './ssml-tokens.js';

const UNSPOKEN = new Set(['desc', 'metadata']);

/**
 * What an SSML document says, as plain text: for counting characters and for judging the length of the audio.
 * `<sub>` is its alias; paragraphs and sentences are lines. Throws as `checkSsml` does.
 */
export function plainTextOf(ssml: string): string {
  checkSsml(ssml);
  const said: string[] = [];
  /** Elements whose content is not said, each as deep as it is nested. */
  let silent = 0;
  for (const { kind, name, start, end } of ssmlTokens(ssml)) {
    const raw = ssml.slice(start, end);
    const alias = name === 'sub' ? attributeOf(raw, 'alias') : undefined;
    const replaced = UNSPOKEN.has(name) || name === 'sub';
    if (kind === 'open' && silent === 0 && alias !== undefined) said.push(alias);
    if (kind === 'open' && (silent > 0 || replaced)) silent += 1;
    else if (kind === 'close' && silent > 0) silent -= 1;
    else if (silent > 0) continue;
    else if (kind === 'text') said.push(decodeEntities(raw).replaceAll(/\s+/g, ' '));
    else if (kind === 'cdata') said.push(raw.slice(9, -3).replaceAll(/\s+/g, ' '));
    else if (name === 'p' || name === 's') said.push('\n');
  }
  return said
    .join('')
    .replaceAll(/ *\n\s*/g, '\n')
    .replaceAll(/ +/g, ' ')
    .trim();
}
