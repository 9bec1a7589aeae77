import type { Voice } from '../../src/core/voice.js';
import { manifest } from './manifest.js';
import type { Speaker, VoiceFile } from './voices/voice-file.js';

/** Every speaker of every file as a voice of its own, and what cannot speak with the reason. */
export function describeVoices(
  files: readonly VoiceFile[],
  refused: readonly { readonly id: string; readonly reason: string }[],
  broken: ReadonlyMap<string, string>,
): Voice[] {
  const usable = files.flatMap((file) =>
    file.speakers.map((speaker) => describe(file, speaker, broken.get(file.recipe.key))),
  );
  const others = refused.map(({ id, reason }): Voice => {
    return { ...common(id, id), languages: ['und'], sampleRateHz: 22_050, timings: [], available: false, reason };
  });
  return [...usable, ...others];
}

function describe(file: VoiceFile, speaker: Speaker, reason: string | undefined): Voice {
  const { id, title, languages, sampleRateHz, timed, recipe } = file;
  const name = speaker.name === '' ? title : `${title}, ${speaker.name}`;
  return {
    ...common(speaker.name === '' ? id : `${id}:${speaker.name}`, name),
    streaming: recipe.cut || (recipe.vocoder?.cut ?? false),
    languages: speaker.languages ?? languages,
    ...(speaker.gender !== undefined && { gender: speaker.gender }),
    sampleRateHz,
    timings: timed ? manifest.timings : ['sentence'],
    available: reason === undefined,
    ...(reason !== undefined && { reason }),
  };
}

function common(
  id: string,
  name: string,
): Pick<Voice, 'id' | 'name' | 'nativeFormat' | 'streaming' | 'textStreaming' | 'ssml'> {
  return { id, name, nativeFormat: 'pcm16', streaming: false, textStreaming: false, ssml: false };
}
