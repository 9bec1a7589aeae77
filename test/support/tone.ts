import { decodeTone as decode } from '../../providers/tone/tone-codec.js';

/** Rate of the voice `sine`, in Hz. */
export const TONE_HZ = 24_000;

/** The text that PCM of the voice `sine` carries. */
export function decodeTone(pcm: Buffer): string {
  return decode(pcm, TONE_HZ);
}

export const SENTENCES: readonly string[] = ['The first one.', 'Then the second.', 'And a third.'];
/** Two and a half minutes, 7 MiB of PCM. */
export const LONG_TEXT = 'This text goes on and on. '.repeat(100).trim();

/** What tone takes as `provider_options.tone`. */
export type ToneWishes = Readonly<Record<string, unknown>>;

/** A request as every door takes it. */
export interface ToneRequest {
  readonly text: string;
  readonly provider_options: { readonly tone: ToneWishes };
  readonly [field: string]: unknown;
}

/** Spoken no faster than it is heard, in chunks of 20 ms. */
export function inRealTime(text: string, wishes: ToneWishes = {}): ToneRequest {
  return { text, provider_options: { tone: { pace: 'realtime', chunk_ms: 20, ...wishes } } };
}

/** Spoken as fast as it is read, with a fault. */
export function withFault(text: string, wishes: ToneWishes): ToneRequest {
  return { text, provider_options: { tone: wishes } };
}
