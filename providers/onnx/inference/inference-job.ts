import type { SplitRequest } from '../graph/split-model.js';

/** What an input of a voice's graph is for. */
export type InputRole =
  | 'ids'
  | 'lengths'
  | 'mask'
  /** [noise, pace, noise width] */
  | 'scales3'
  /** [temperature, pace] */
  | 'scales2'
  | 'noise'
  | 'pace'
  | 'noise-width'
  | 'speaker'
  | 'language'
  | 'style'
  | 'speed';

export interface RecipeInput {
  readonly name: string;
  readonly role: InputRole;
  readonly elementType: number;
  readonly rank: number;
}

/** How mel frames become sound. `spectrum`: magnitude, cosine and sine of each bin, to be transformed back. */
export interface VocoderRecipe {
  readonly path: string;
  readonly bytes: number;
  readonly input: string;
  readonly outputs: readonly string[];
  readonly kind: 'audio' | 'spectrum';
  /** Made window by window. */
  readonly cut: boolean;
}

/** How to load and run a model; everything about it that an inference host has to know. */
export interface ModelRecipe {
  /** Changes when the file does. */
  readonly key: string;
  readonly path: string;
  readonly bytes: number;
  readonly inputs: readonly RecipeInput[];
  readonly output: string;
  readonly durations: SplitRequest['durations'];
  /** Samples of one step of `durations`; where it is not written down it follows from the stages. */
  readonly hop: number | undefined;
  /** Made window by window. */
  readonly cut: boolean;
  readonly vocoder: VocoderRecipe | undefined;
  /** Samples to drop at the end of each sentence. */
  readonly trimEnd: number;
}

export interface SentenceInput {
  readonly ids: readonly number[];
  /** Of voices that are chosen by a style vector. */
  readonly style?: Float32Array;
}

export interface InferenceJob {
  readonly model: ModelRecipe;
  readonly sentences: readonly SentenceInput[];
  readonly noise: number;
  readonly noiseWidth: number;
  /** Factor of durations, above 1 is slower. */
  readonly pace: number;
  readonly speaker: number;
  readonly language: number;
  /** Chooses the noise, together with the ids. */
  readonly seed: number;
  /** Factor of the samples. */
  readonly gain: number;
  readonly batch: boolean;
  /** Where to begin: a host that died had said so much. */
  readonly from: { readonly sentence: number; readonly sample: number };
}

export type InferenceEvent =
  | {
      readonly kind: 'sentence';
      readonly index: number;
      /** Its length, told before it is computed. */
      readonly samples: number;
      /** Samples at which each id begins, and the end. */
      readonly bounds?: readonly number[];
      /** The same job gives the same bytes. */
      readonly repeatable: boolean;
    }
  /** Signed 16-bit little-endian mono. */
  | { readonly kind: 'audio'; readonly index: number; readonly pcm: Uint8Array }
  | { readonly kind: 'sentence-end'; readonly index: number; readonly samples: number };
