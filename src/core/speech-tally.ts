import { bytesPerSample, type AudioEncoding, type AudioFormat } from './audio-format.js';
import type { CallContext } from './call-context.js';
import type { SpeechProgress } from './speech-error.js';
import type { Attempt, AudioPart, CompletePart, StartPart } from './speech-part.js';

export interface TallyStart {
  readonly encoding: AudioEncoding;
  readonly sampleRateHz: number;
  readonly channels?: 1 | 2;
  readonly warnings?: readonly string[];
}

/** Makes the parts of one stream and counts as it goes, so that numbering and totals are written once. */
export class SpeechTally {
  private format: AudioFormat | undefined;
  private nextSeq = 0;
  private bytesOut = 0;
  private firstAudioAt: number | undefined;
  private readonly startedAt = performance.now();

  /** `voice` is the full voice id. */
  constructor(
    private readonly call: CallContext,
    private readonly provider: string,
    private readonly voice: string,
  ) {}

  start({ encoding, sampleRateHz, channels = 1, warnings = [] }: TallyStart): StartPart {
    this.format = { encoding, sampleRateHz, channels };
    const { provider, voice } = this;
    return {
      type: 'start',
      sessionId: this.call.sessionId,
      provider,
      voice,
      format: encoding,
      sampleRateHz,
      channels,
      warnings,
    };
  }

  audio(data: Buffer, segment = 0): AudioPart {
    this.firstAudioAt ??= performance.now();
    this.bytesOut += data.length;
    return { type: 'audio', seq: this.nextSeq++, data, segment };
  }

  /** Milliseconds of audio so far, known where a sample has a constant size; 0 for the compressed encodings. */
  get audioMs(): number {
    const size = this.format && bytesPerSample(this.format);
    return size === undefined || !this.format ? 0 : (this.bytesOut / size / this.format.sampleRateHz) * 1000;
  }

  progress(spokenTo: number): SpeechProgress {
    return { lastSeq: this.nextSeq - 1, audioMs: Math.round(this.audioMs), spokenTo };
  }

  /** `audioMs` is needed for compressed encodings, whose length the byte count does not tell. */
  complete(characters: number, more: { audioMs?: number; attempts?: readonly Attempt[] } = {}): CompletePart {
    const now = performance.now();
    return {
      type: 'complete',
      verdict: 'complete',
      provider: this.provider,
      voice: this.voice,
      characters,
      audioMs: Math.round(more.audioMs ?? this.audioMs),
      bytes: this.bytesOut,
      lastSeq: this.nextSeq - 1,
      seams: 0,
      cached: false,
      attempts: more.attempts ?? [],
      timingsMs: {
        queue: Math.round(this.startedAt - this.call.receivedAtMs),
        firstAudio: Math.round((this.firstAudioAt ?? now) - this.call.receivedAtMs),
        total: Math.round(now - this.call.receivedAtMs),
      },
    };
  }
}
