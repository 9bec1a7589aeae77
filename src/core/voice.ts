import type { AudioEncoding } from './audio-format.js';
import type { TimingKind } from './speech-part.js';

/** One voice as its provider describes it. `id` is the provider's own, without the provider's name before it. */
export interface Voice {
  readonly id: string;
  readonly name: string;
  /** BCP-47 tags, the main one first. */
  readonly languages: readonly string[];
  readonly gender?: 'female' | 'male' | 'neutral';
  readonly description?: string;
  readonly styles?: readonly string[];
  readonly nativeFormat: AudioEncoding;
  readonly sampleRateHz: number;
  /** Audio leaves before the utterance is finished. */
  readonly streaming: boolean;
  /** Takes text as it is written. */
  readonly textStreaming: boolean;
  readonly timings: readonly TimingKind[];
  readonly ssml: boolean;
  readonly available: boolean;
  /** Why it is not available. */
  readonly reason?: string;
}
