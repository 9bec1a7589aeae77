import type { Utterance } from './espeak-machine.js';

/** What the provider asks of a host. `events`: which of the engine's events come along with the audio. */
export type EngineJob =
  | { readonly kind: 'catalogue' }
  | { readonly kind: 'speak'; readonly utterance: Utterance; readonly events: 'marks' | 'all' };

/** One output of a `speak` job: at most 100 ms of signed 16-bit little-endian mono samples, and what falls into them. */
export interface EngineFrame {
  readonly pcm: Uint8Array;
  readonly events: readonly EngineEvent[];
}

export interface EngineEvent {
  readonly type: 'word' | 'sentence' | 'phoneme' | 'mark' | 'end';
  /** Code points into the utterance's text, 0-based. */
  readonly position: number;
  readonly length: number;
  readonly atMs: number;
  /** Name of a mark, IPA of a phoneme (empty for a pause), else empty. */
  readonly name: string;
}

/** The one output of a `catalogue` job. */
export interface EngineCatalogue {
  readonly voices: readonly EngineVoice[];
  readonly variants: readonly EngineVariant[];
}

export interface EngineVoice {
  readonly name: string;
  readonly identifier: string;
  /** A lower `priority` is a better match of the language. */
  readonly languages: readonly { readonly priority: number; readonly name: string }[];
  readonly gender: 'male' | 'female';
}

export interface EngineVariant {
  readonly id: string;
  readonly name: string;
  readonly gender?: 'male' | 'female';
}
