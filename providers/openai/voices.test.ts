import { afterEach, describe, expect, it } from 'vitest';
import type { Provider } from '../../src/core/provider.js';
import { startUpstream, type Upstream } from '../../test/upstream/start-upstream.js';
import type { VoiceShape } from '../../test/upstream/voice-shapes.js';
import { testCall, testRequest } from '../../test/support/speech-parts.js';
import { hear, openProvider } from './fixtures/open-provider.js';

const NAMES = ['af_heart', 'bm_george', 'custom'];
let upstream: Upstream;
let provider: Provider;

async function open(voiceShape: VoiceShape, options: object = {}): Promise<void> {
  upstream = await startUpstream({ voices: NAMES, voiceShape });
  provider = await openProvider(upstream, options);
}

afterEach(async () => {
  await provider.close();
  await upstream.close();
});

const list = () => provider.voices(AbortSignal.timeout(2000));

describe('voices', () => {
  it.each(['cards', 'names', 'list', 'bare', 'by-model'] as const)('are read from a list of %s', async (shape) => {
    await open(shape);
    expect((await list()).map(({ id }) => id)).toEqual(NAMES);
  });

  it('tell language and gender by their Kokoro ids', async () => {
    await open('names', { languages: ['sv'] });
    expect(await list()).toMatchObject([
      { id: 'af_heart', languages: ['en-US'], gender: 'female' },
      { id: 'bm_george', languages: ['en-GB'], gender: 'male' },
      { id: 'custom', languages: ['sv'] },
    ]);
  });

  it('keep what the list says of them', async () => {
    await open('list');
    expect((await list()).at(-1)).toMatchObject({ id: 'custom', languages: ['fr'], gender: 'female' });
  });

  it('are none where the server lists none, and any may then be asked for', async () => {
    await open('none');
    expect(await list()).toEqual([]);
    const { error } = await hear(provider.speak(testRequest({ voice: 'custom' }), testCall()));
    expect(error).toBeUndefined();
  });

  it('that were listed are the only ones', async () => {
    await open('cards');
    await list();
    const { error } = await hear(provider.speak(testRequest({ voice: 'nobody' }), testCall()));
    expect(error).toMatchObject({ code: 'not_found', param: 'voice' });
  });

  it('of the config come first, without asking', async () => {
    const mine = { id: 'voice_1', name: 'Mine', languages: ['de'], gender: 'male', custom: true };
    await open('cards', { voices: [mine, '*'] });
    expect(await list()).toMatchObject([{ id: 'voice_1', name: 'Mine', languages: ['de'], gender: 'male' }]);
    expect(upstream.requests).toHaveLength(0);
    upstream.always({ seconds: 0.1 });
    await hear(provider.speak(testRequest({ voice: 'voice_1' }), testCall()));
    expect(upstream.speeches()[0]?.json).toMatchObject({ voice: { id: 'voice_1' } });
    await hear(provider.speak(testRequest({ voice: 'anything' }), testCall()));
    expect(upstream.speeches()[1]?.json).toMatchObject({ voice: 'anything' });
  });

  it('have a default: the first', async () => {
    await open('none', { voices: ['custom', 'af_heart'] });
    const { start } = await hear(provider.speak(testRequest({ voice: 'default' }), testCall()));
    expect(start?.voice).toBe('up/custom');
  });

  it('throw where the server cannot be asked', async () => {
    await open('cards');
    await upstream.close();
    await expect(list()).rejects.toMatchObject({ code: 'upstream_failed' });
  });

  it('of OpenAI are known, with the languages they speak', async () => {
    await open('none');
    const openai = await openProvider(upstream, { base_url: undefined, models: undefined });
    const voices = await openai.voices(AbortSignal.timeout(100));
    expect(voices).toHaveLength(13);
    expect(voices.find(({ id }) => id === 'nova')?.languages).toContain('pl');
    await openai.close();
  });
});
