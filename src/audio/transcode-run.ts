import type { AudioFormat } from '../core/audio-format.js';
import type { CallContext } from '../core/call-context.js';
import type { SpeechPart, StartPart } from '../core/speech-part.js';

/** One speech on its way through the transcoder. */
export interface TranscodeRun {
  readonly start: StartPart;
  /** Everything after `start`; a pull in flight rejects when the call is aborted. */
  readonly parts: AsyncIterableIterator<SpeechPart>;
  readonly from: AudioFormat;
  readonly to: AudioFormat;
  readonly lengthMs: number | undefined;
  readonly call: CallContext;
  /** Thrown by it: `incomplete`. Called with what was heard once everything has been decoded. */
  readonly onHeard: (heard: { readonly audioMs: number; readonly dbfs: number }) => void;
}
