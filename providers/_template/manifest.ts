import type { ProviderManifest } from '../../src/core/provider.js';

// Claim what is true today: the conformance suite exercises every line, and the gateway plans by it.
export const manifest: ProviderManifest = {
  type: 'template',
  title: 'Template',
  wire: 'http',
  formats: ['pcm16'],
  textStreaming: false,
  ssml: false,
  timings: [],
  honours: ['speed'],
  endMarker: true,
  deterministic: false,
  maxCharacters: 4096,
};
