import type { ProviderManifest } from '../../src/core/provider.js';

export const manifest: ProviderManifest = {
  type: 'espeak',
  title: 'eSpeak NG (built in)',
  wire: 'host',
  formats: ['pcm16'],
  textStreaming: false,
  ssml: true,
  timings: ['word', 'phoneme', 'mark', 'sentence'],
  honours: ['speed', 'pitch', 'volume'],
  endMarker: true,
  deterministic: true,
  segmentBy: 'sentence',
  maxCharacters: 300,
};

/** The only rate the engine has. */
export const SAMPLE_RATE_HZ = 22_050;
