import type { ProviderManifest } from '../../src/core/provider.js';

export const manifest: ProviderManifest = {
  type: 'onnx',
  title: 'Local neural voices (ONNX)',
  wire: 'host',
  formats: ['pcm16'],
  textStreaming: false,
  ssml: false,
  timings: ['word', 'phoneme', 'sentence'],
  honours: ['speed', 'volume'],
  endMarker: true,
  deterministic: true,
  maxCharacters: 1000,
};
