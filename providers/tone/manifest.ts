import type { ProviderManifest } from '../../src/core/provider.js';

export const manifest: ProviderManifest = {
  type: 'tone',
  title: 'Test tones (built in)',
  wire: 'in-process',
  formats: ['pcm16'],
  textStreaming: false,
  ssml: false,
  timings: ['word', 'phoneme', 'sentence'],
  honours: ['speed', 'volume'],
  endMarker: true,
  deterministic: true,
  maxCharacters: 5000,
};
