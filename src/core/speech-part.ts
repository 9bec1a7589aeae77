import type { AudioEncoding } from './audio-format.js';

export type TimingKind = 'word' | 'phoneme' | 'mark' | 'sentence';

/** `hit`: kept from before; `join`: another client's running speech, from its start; `bypass`: not looked for. */
export type CacheResult = 'hit' | 'miss' | 'join' | 'bypass';

/** Always the first part. `warnings` name each wish that is not honoured, in plain words. */
export interface StartPart {
  readonly type: 'start';
  readonly sessionId: string;
  /** The operator's name of the provider. */
  readonly provider: string;
  /** Full voice id, `provider/voice`. */
  readonly voice: string;
  readonly format: AudioEncoding;
  readonly sampleRateHz: number;
  readonly channels: 1 | 2;
  readonly warnings: readonly string[];
  /** Samples of the whole audio for one channel, where that is known before the first of them. */
  readonly totalSamples?: number;
  /** Absent where there is no cache. */
  readonly cache?: CacheResult;
}

/** Bytes in the format named by `start`. `seq` counts 0, 1, 2, … over the audio parts, without gap or repeat. */
export interface AudioPart {
  readonly type: 'audio';
  readonly seq: number;
  readonly data: Buffer;
  /** Index of the segment the audio belongs to (its first byte, where a chunk spans two). */
  readonly segment: number;
}

/** `textStart`/`textEnd`: UTF-16 offsets into the text of the request; times: ms from the start of the audio. */
export interface TimingPart {
  readonly type: 'timing';
  readonly kind: TimingKind;
  readonly value: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly textStart: number;
  readonly textEnd: number;
  readonly source: 'native' | 'aligned' | 'estimated';
}

/** A stretch of text that is synthesised as a unit begins here. */
export interface SegmentPart {
  readonly type: 'segment';
  readonly index: number;
  readonly textStart: number;
  readonly textEnd: number;
  readonly audioStartMs: number;
}

/** The speech moved from one target (full voice id) to another after audio had been delivered. */
export interface SeamPart {
  readonly type: 'seam';
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  readonly textOffset: number;
  readonly audioMs: number;
}

export interface WarningPart {
  readonly type: 'warning';
  readonly message: string;
}

/** One call of a provider made for a speech. `outcome` is `ok` or an error code. */
export interface Attempt {
  readonly provider: string;
  readonly voice: string;
  readonly outcome: string;
  readonly firstAudioMs?: number;
  readonly totalMs: number;
}

/** Always the last part of a stream that did not throw. */
export interface CompletePart {
  readonly type: 'complete';
  /** Only clips that passed every check end in a `complete` part; the others throw `incomplete`. */
  readonly verdict: 'complete';
  readonly provider: string;
  readonly voice: string;
  /** UTF-16 units of text spoken. */
  readonly characters: number;
  readonly audioMs: number;
  readonly bytes: number;
  /** -1 when there was no audio part. */
  readonly lastSeq: number;
  readonly seams: number;
  readonly cached: boolean;
  readonly attempts: readonly Attempt[];
  readonly timingsMs: { readonly queue: number; readonly firstAudio: number; readonly total: number };
}

/**
 * What a speech is made of, in order: `start`, then any of the middle parts, then `complete`.
 * A stream that fails throws one `SpeechError` instead of ending in `complete`; there is no error part inside.
 */
export type SpeechPart = StartPart | AudioPart | TimingPart | SegmentPart | SeamPart | WarningPart | CompletePart;

/** Single use and pulled: nothing is made before it is asked for; leaving early closes the source. */
export type SpeechStream = AsyncIterable<SpeechPart>;
