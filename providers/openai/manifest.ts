import type { ProviderManifest } from '../../src/core/provider.js';
import type { OpenAiOptions } from './options.js';

export const manifest: ProviderManifest = {
  type: 'openai',
  title: 'OpenAI-compatible server',
  wire: 'http',
  formats: ['pcm16', 'mp3', 'opus', 'flac', 'aac'],
  textStreaming: false,
  ssml: false,
  timings: [],
  honours: ['speed', 'instructions'],
  endMarker: true,
  deterministic: false,
  maxCharacters: 4096,
};

/** The same for one configured server. */
export function manifestFor({ formats, max_characters }: OpenAiOptions): ProviderManifest {
  return { ...manifest, formats, maxCharacters: max_characters };
}
