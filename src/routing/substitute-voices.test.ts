import { describe, expect, it } from 'vitest';
import { allowedTargets, type ListedVoice } from './substitute-voices.js';

function voice(fullId: string, language: string, more: Partial<ListedVoice> = {}): ListedVoice {
  const [provider = '', id = ''] = fullId.split('/');
  return {
    provider,
    id,
    name: id,
    languages: [language],
    nativeFormat: 'pcm16',
    sampleRateHz: 24_000,
    streaming: true,
    textStreaming: false,
    timings: [],
    ssml: false,
    available: true,
    ...more,
  };
}

const VOICES = [
  voice('x/nova', 'en-US', { gender: 'female' }),
  voice('x/echo', 'en-US', { gender: 'male' }),
  voice('x/shimmer', 'en-US', { gender: 'female' }),
  voice('y/emma', 'en-GB', { gender: 'female' }),
  voice('y/anna', 'de-DE', { gender: 'female' }),
  voice('y/gone', 'en-US', { gender: 'female', available: false }),
  voice('z/en-us', 'en-US'),
];
const ROUTE = [
  { provider: 'x', voice: 'nova' },
  { provider: 'y', voice: 'anna', speed: 1.2 },
];
const ids = (policy: 'mapped' | 'never' | 'any', language?: string): string[] =>
  allowedTargets(policy, ROUTE, VOICES, language).map(({ provider, voice: id }) => `${provider}/${id}`);

describe('allowedTargets', () => {
  it('leaves the route as it is, or its first target alone', () => {
    expect(allowedTargets('mapped', ROUTE, VOICES)).toEqual(ROUTE);
    expect(ids('never')).toEqual(['x/nova']);
    expect(allowedTargets('any', [], VOICES)).toEqual([]);
  });

  it('adds voices of the same language and gender: dialect first, then other providers', () => {
    expect(ids('any')).toEqual(['x/nova', 'y/anna', 'z/en-us', 'x/shimmer', 'y/emma']);
  });

  it('goes by the language that was asked', () => {
    expect(ids('any', 'de')).toEqual(['x/nova', 'y/anna']);
    expect(ids('any', 'en-gb')).toEqual(['x/nova', 'y/anna', 'y/emma', 'z/en-us', 'x/shimmer']);
  });

  it('adds nothing when the language is not known', () => {
    expect(allowedTargets('any', [{ provider: 'q', voice: 'q' }], VOICES)).toHaveLength(1);
  });
});
