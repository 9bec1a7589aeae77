import { describe, expect, it } from 'vitest';
import { resolveTargets, type VoiceChoice } from './resolve-targets.js';
import type { RoutingTable } from './target.js';

const TABLE: RoutingTable = {
  providers: new Set(['espeak', 'upstream', 'openai']),
  routes: {
    default: { targets: [{ voice: 'espeak/en-us' }] },
    narrator: {
      targets: [
        { voice: 'openai/nova', model: 'gpt-4o-mini-tts' },
        { voice: 'espeak/en-us', speed: 1.1 },
      ],
    },
  },
  openaiModels: { 'tts-1': 'default', 'fake-*': 'upstream', 'fake-narr*': 'narrator', fixed: 'espeak/de' },
  openaiVoices: { alloy: 'espeak/en-us', fable: 'espeak/en-gb', ballad: 'narrator' },
};

const resolve = (choice: Omit<VoiceChoice, 'dialect'>, dialect: VoiceChoice['dialect']) =>
  resolveTargets({ ...choice, dialect }, TABLE).map(
    ({ provider, voice, model }) => `${provider}/${voice}${model ? `@${model}` : ''}`,
  );

describe('resolveTargets', () => {
  it.each([
    [{}, ['espeak/en-us']],
    [{ voice: 'narrator' }, ['openai/nova@gpt-4o-mini-tts', 'espeak/en-us']],
    [{ voice: 'espeak/de' }, ['espeak/de']],
    [{ voice: 'upstream/org/model/voice' }, ['upstream/org/model/voice']],
    [{ provider: 'espeak', voice: 'de' }, ['espeak/de']],
    [{ provider: 'espeak', voice: 'espeak/de' }, ['espeak/de']],
  ])('native %j → %j', (choice, targets) => {
    expect(resolve(choice, 'native')).toEqual(targets);
  });

  it.each([
    [{ model: 'tts-1', voice: 'alloy' }, ['espeak/en-us']],
    [{ model: 'tts-1', voice: 'FABLE' }, ['espeak/en-gb']],
    [{ model: 'tts-1', voice: 'espeak/fr' }, ['espeak/fr']],
    [{ model: 'tts-1', voice: 'narrator' }, ['openai/nova@gpt-4o-mini-tts', 'espeak/en-us']],
    [{ model: 'tts-1', voice: 'ballad' }, ['openai/nova@gpt-4o-mini-tts', 'espeak/en-us']],
    [{ model: 'tts-1', voice: 'nobody' }, ['espeak/en-us']],
    [{ model: 'fake-sec10', voice: 'alloy' }, ['upstream/alloy@fake-sec10']],
    [{ model: 'fake-narrow', voice: 'nobody' }, ['openai/nova@gpt-4o-mini-tts', 'espeak/en-us']],
    [{ model: 'upstream', voice: 'alloy' }, ['upstream/alloy']],
    [{ model: 'fixed', voice: 'x' }, ['espeak/de']],
    [{ model: 'unheard-of', voice: 'alloy' }, ['espeak/en-us']],
    [{}, ['espeak/en-us']],
  ])('openai %j → %j', (choice, targets) => {
    expect(resolve(choice, 'openai')).toEqual(targets);
  });

  it.each([
    [{ voice: 'nobody' }, 'voice'],
    [{ voice: 'nowhere/voice' }, 'voice'],
    [{ voice: '__proto__' }, 'voice'],
    [{ voice: 'espeak/' }, 'voice'],
  ])('native %j is not found', (choice, param) => {
    expect(() => resolve(choice, 'native')).toThrow(expect.objectContaining({ code: 'not_found', param }));
  });

  it('needs a voice beside a provider', () => {
    expect(() => resolve({ provider: 'espeak' }, 'native')).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'voice' }),
    );
  });
});
