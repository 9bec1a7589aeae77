import type { ErrorCode } from '../core/speech-error.js';

/** What one speech came to, told once when it has ended; for metrics, logs and usage. */
export interface SpeechReport {
  readonly sessionId: string;
  readonly requestId: string;
  readonly transport: string;
  /** Empty when the speech failed before a target was chosen. */
  readonly provider: string;
  readonly voice: string;
  readonly outcome: 'complete' | ErrorCode;
  readonly characters: number;
  readonly audioMs: number;
  readonly bytes: number;
  /** From the arrival of the request; undefined when nothing was heard. */
  readonly firstAudioMs: number | undefined;
  readonly totalMs: number;
}

export interface SpeechObserver {
  started(): void;
  ended(report: SpeechReport): void;
}
