import type { InferenceJob } from './inference-job.js';
import type { RuntimeOptions } from './runtime.js';

/** Handed to each inference host. */
export interface EngineInit extends RuntimeOptions {
  /** Of model files that one host keeps loaded. */
  readonly budgetBytes: number;
}

/** `speak` answers with `InferenceEvent`s, `state` with one `EngineState`. */
export type EngineJob =
  | { readonly kind: 'speak'; readonly speech: InferenceJob }
  /** With `dropIdleMs`, models that nobody has used for so long are let go first. */
  | { readonly kind: 'state'; readonly dropIdleMs?: number };

export interface EngineState {
  readonly device: string;
  /** Why it is not the device that was asked for first. */
  readonly fallback?: string;
  /** Keys of the loaded models. */
  readonly models: readonly string[];
  readonly rssBytes: number;
}
