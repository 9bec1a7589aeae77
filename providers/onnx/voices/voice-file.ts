import type { ModelRecipe, VocoderRecipe } from '../inference/inference-job.js';
import type { Frontend } from '../text/frontend.js';

/** One speaker of a model. */
export interface Speaker {
  /** Behind the model's id and a colon; empty for the only one. */
  readonly name: string;
  readonly index: number;
  /** Of models that take a style vector: where its rows are. */
  readonly style?: StyleSource;
  readonly languages?: readonly string[];
  readonly gender?: 'female' | 'male';
  /** Where it reads with another espeak voice than the model's. */
  readonly espeakVoice?: string;
  /** Factor of the pace. */
  readonly speedPrior?: number;
}

/** Rows of 256 floats in a raw file, a `.npy` or an entry of a `.npz`. */
export interface StyleSource {
  readonly path: string;
  readonly entry?: string;
  /** First row, and how many there are. */
  readonly firstRow: number;
  readonly rows: number;
}

export type Family = 'piper' | 'coqui' | 'vits' | 'mms' | 'kokoro' | 'kitten' | 'matcha';

/** A model file that can speak, and all that is known of it. */
export interface VoiceFile {
  readonly id: string;
  readonly title: string;
  readonly family: Family;
  readonly recipe: ModelRecipe;
  readonly frontend: Frontend;
  readonly sampleRateHz: number;
  readonly languages: readonly string[];
  readonly speakers: readonly Speaker[];
  readonly defaultSpeaker: number;
  /** The voice's own scales. */
  readonly noise: number;
  readonly noiseWidth: number;
  readonly pace: number;
  /** How a style row is chosen: by the number of ids between the frame, or of characters. */
  readonly styleRow: 'ids' | 'none';
  /** Words can be timed. */
  readonly timed: boolean;
}

/** What a family knows of its voice; the rest follows from the graph. */
export interface VoiceFacts extends Omit<VoiceFile, 'id' | 'title' | 'recipe' | 'timed'> {
  readonly description?: string | undefined;
  readonly hop?: number | undefined;
  readonly trimEnd?: number;
}

/** What became of one file in the folder. */
export type Inspection =
  | { readonly kind: 'voice'; readonly path: string; readonly voice: VoiceFile }
  | { readonly kind: 'vocoder'; readonly path: string; readonly vocoder: VocoderRecipe }
  | { readonly kind: 'refused'; readonly path: string; readonly id: string; readonly reason: string };
