import type { AudioEncoding } from './audio-format.js';

export type TimingsWish = 'none' | 'word' | 'phoneme';

/**
 * One utterance to be spoken, the same shape at every layer. Towards a client `voice` is what the client named;
 * towards a provider it is the provider's own voice id, `text` is one segment, and `targetFormat`/`sampleRateHz`
 * are what the gateway would like to receive (the provider's `start` part says what it really sends).
 */
export interface SpeechRequest {
  /** What to say, 1 to `limits.max_characters` UTF-16 units; an SSML document when `markup` is `ssml`. */
  readonly text: string;
  /**
   * Towards a provider whose manifest says `textStreaming`: the text while it is written, and `text` is empty. No
   * piece ends within a character; an empty piece asks to speak what came so far. Whoever iterates again gets all of it
   * again; its failure is the failure of the speech.
   */
  readonly textStream?: AsyncIterable<string>;
  readonly markup: 'plain' | 'ssml';
  /** Voice id, route or provider voice. Absent: the default route. */
  readonly voice?: string;
  readonly provider?: string;
  /** Upstream model, where the provider has several. */
  readonly model?: string;
  /** BCP-47. */
  readonly language?: string;
  readonly targetFormat: AudioEncoding;
  /** Absent: the provider's own rate. */
  readonly sampleRateHz?: number;
  /** 0.25 to 4, 1 is the voice's own pace. */
  readonly speed: number;
  /** -50 to 50 percent, 0 is the voice's own. */
  readonly pitch: number;
  /** -50 to 50 percent, 0 is the voice's own. */
  readonly volume: number;
  readonly voiceDescription?: string;
  readonly instructions?: string;
  readonly timings: TimingsWish;
  readonly substitute: 'mapped' | 'never' | 'any';
  readonly cache: 'default' | 'bypass' | 'refresh';
  readonly priority: 'realtime' | 'batch';
  /** For the first audio, in ms from the request's arrival. */
  readonly deadlineMs?: number;
  /** By provider type; validated by that adapter. */
  readonly providerOptions: Readonly<Record<string, unknown>>;
  /** Stored with the session, never sent upstream. */
  readonly metadata: Readonly<Record<string, string>>;
}
