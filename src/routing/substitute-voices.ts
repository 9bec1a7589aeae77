import type { Voice } from '../core/voice.js';
import { targetId, type Target } from './target.js';

/** A voice with the operator's name of its provider. */
export interface ListedVoice extends Voice {
  readonly provider: string;
}

/** A list of all the voices there are must not become a list of targets. */
const MAX_SUBSTITUTES = 5;

/**
 * The targets that the request's `substitute` allows, best first. Pure.
 * - `never`: the first target alone;
 * - `mapped`: those the route names;
 * - `any`: after those, other available voices of the language that is asked or that the first target speaks, and of its
 *   gender where both are known: the same dialect before others, other providers before the first target's own.
 */
export function allowedTargets(
  policy: 'mapped' | 'never' | 'any',
  targets: readonly Target[],
  voices: readonly ListedVoice[],
  language?: string,
): readonly Target[] {
  const [first] = targets;
  if (policy === 'mapped' || !first) return targets;
  if (policy === 'never') return [first];
  return [...targets, ...substitutes(first, targets, voices, language)];
}

function substitutes(
  first: Target,
  targets: readonly Target[],
  voices: readonly ListedVoice[],
  asked: string | undefined,
): Target[] {
  const original = voices.find(({ provider, id }) => provider === first.provider && id === first.voice);
  const language = (asked ?? original?.languages[0])?.toLowerCase();
  if (language === undefined) return [];
  const named = new Set(targets.map((target) => targetId(target)));
  const distance = (voice: ListedVoice): number =>
    (speaks(voice, language) ? 0 : 2) + (voice.provider === first.provider ? 1 : 0);
  return voices
    .filter((voice) => voice.available && !named.has(`${voice.provider}/${voice.id}`))
    .filter((voice) => sharesLanguage(voice, language) && genderFits(voice, original))
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, MAX_SUBSTITUTES)
    .map(({ provider, id }) => ({ provider, voice: id }));
}

function speaks(voice: Voice, language: string): boolean {
  return voice.languages.some((tag) => tag.toLowerCase() === language);
}

function sharesLanguage(voice: Voice, language: string): boolean {
  return voice.languages.some((tag) => primary(tag.toLowerCase()) === primary(language));
}

function primary(tag: string): string {
  return tag.split('-', 1)[0] ?? tag;
}

function genderFits(voice: Voice, original: Voice | undefined): boolean {
  return original?.gender === undefined || voice.gender === undefined || voice.gender === original.gender;
}
