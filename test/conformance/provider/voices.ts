import { describe, expect, it } from 'vitest';

import { AUDIO_ENCODINGS } from '../../../src/core/audio-format.js';
import type { Voice } from '../../../src/core/voice.js';
import { testCall } from '../../support/speech-parts.js';
import { where, type Stage } from './provider-case.js';

export function voiceStories(stage: Stage): void {
  const { manifest } = stage;
  const listed = (): Promise<readonly Voice[]> => stage.provider().voices(new AbortController().signal);

  describe('voices', () => {
    it('are listed, each with an id of its own, names, languages, a rate and nothing beyond the manifest', async () => {
      const voices = await listed();
      expect(voices.map(({ id }) => id)).toContain(stage.subject.voice);
      expect(new Set(voices.map(({ id }) => id)).size).toBe(voices.length);
      for (const voice of voices) {
        expect(voice.id.trim()).toMatch(/^\S/);
        expect(voice.name.trim()).not.toBe('');
        expect(Intl.getCanonicalLocales([...voice.languages]).length, voice.id).toBeGreaterThan(0);
        expect(AUDIO_ENCODINGS).toContain(voice.nativeFormat);
        expect(manifest.formats).toContain(voice.nativeFormat);
        expect(voice.sampleRateHz).toBeGreaterThanOrEqual(8000);
        expect(voice.sampleRateHz).toBeLessThanOrEqual(48_000);
        expect(manifest.timings).toEqual(expect.arrayContaining([...voice.timings]));
        expect(voice.ssml && !manifest.ssml).toBe(false);
        expect(voice.textStreaming && !manifest.textStreaming).toBe(false);
        if (!voice.available) expect(voice.reason, voice.id).toBeTruthy();
      }
    });

    it('sound in the format and at the rate that they are listed with', async () => {
      const voices = (await listed()).filter(({ available }) => available);
      const some = new Set([voices[0], voices[voices.length >> 1], voices.at(-1)]);
      for (const voice of some) {
        if (!voice) continue;
        const { start, complete } = await stage.hear({ voice: voice.id, targetFormat: voice.nativeFormat });
        expect(start).toMatchObject({ format: voice.nativeFormat, sampleRateHz: voice.sampleRateHz });
        expect(complete.bytes, voice.id).toBeGreaterThan(0);
      }
    });
  });

  describe('refusals', () => {
    const refused = async (more: Parameters<Stage['hear']>[0]): Promise<unknown> => {
      const before = stage.subject.syntheses?.();
      const stream = stage.provider().speak(stage.request(more), testCall())[Symbol.asyncIterator]();
      // The very first pull, so that not even a start part was sent.
      const error: unknown = await stream.next().then(
        ({ value }) => value as unknown,
        (reason: unknown) => reason,
      );
      expect(stage.subject.syntheses?.()).toBe(before);
      return error;
    };

    it('an unknown voice is not found, before anything is made', async () => {
      expect(await refused({ voice: 'no-such-voice-here' })).toMatchObject({ code: 'not_found', param: 'voice' });
    });

    it('an option that the provider does not have is refused by its name', async () => {
      const error = await refused({ providerOptions: { [manifest.type]: { wobble: 1 } } });
      expect(error).toMatchObject({ code: 'invalid_request' });
      const { param, message } = error as { param: string; message: string };
      expect(param).toContain(`provider_options.${manifest.type}`);
      expect(`${param} ${message}`).toMatch(/wobble|no options/);
    });

    it('options of other providers are none of its business', async () => {
      expect((await stage.hear({ providerOptions: { 'some-other': { wobble: 1 } } })).complete.bytes).toBeGreaterThan(
        0,
      );
    });

    it('a language that the voice does not speak is unsupported', async () => {
      const voice = (await listed()).find(({ id }) => id === stage.subject.voice);
      const foreign = ['is', 'ta', 'sw'].find(
        (tag) => !voice?.languages.some((spoken) => spoken.split('-')[0] === tag),
      );
      expect(await refused({ language: foreign! })).toMatchObject({ code: 'unsupported', param: 'language' });
      expect((await stage.hear({ language: voice!.languages[0]! })).complete.bytes).toBeGreaterThan(0);
    });

    where(!manifest.ssml, () => {
      it('SSML is unsupported', async () => {
        expect(await refused({ text: '<speak>Hi.</speak>', markup: 'ssml' })).toMatchObject({ code: 'unsupported' });
      });
    });
  });
}
