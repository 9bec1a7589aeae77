import type { AudioPart, SpeechPart } from '../../core/speech-part.js';
import type { SpeechError } from '../../core/speech-error.js';
import type { SpeechSink } from '../pump.js';
import { wireErrorPart, wirePart } from '../wire/wire-part.js';
import { closeOf } from './close-code.js';
import type { FrameWriter } from './frame-writer.js';

/** Audio parts that may be unacknowledged, once a client has begun to acknowledge. */
const WINDOW = 32;

export interface StreamSinkOptions {
  /** Audio as base64 in JSON, or as binary frames: 4-byte big-endian seq, then the bytes. */
  readonly binary: boolean;
  readonly requestId: string;
}

/** The parts of one session as frames; the socket closes behind the last one. */
export class StreamSink implements SpeechSink {
  private takenSeq: number | undefined;
  private wake: (() => void) | undefined;

  constructor(
    private readonly frames: FrameWriter,
    private readonly options: StreamSinkOptions,
  ) {}

  /** The client took audio up to `seq`: from its first `ack` on, flow is controlled by them. */
  ack(seq: number): void {
    this.takenSeq = Math.max(this.takenSeq ?? -1, seq);
    this.wake?.();
  }

  /** No acknowledgement is waited for any more: the client has gone, or its speech ends now and that must be told. */
  release(): void {
    this.ack(Infinity);
  }

  write(part: SpeechPart): Promise<void> | undefined {
    if (part.type === 'audio') return this.audio(part);
    const sent = this.frames.json({ type: part.type, ...wirePart(part) });
    return part.type === 'complete' ? this.frames.close(1000) : sent;
  }

  private audio(part: AudioPart): Promise<void> | undefined {
    const sent = this.frames.send(this.options.binary ? binaryFrame(part) : jsonFrame(part));
    if (this.takenSeq === undefined || part.seq - this.takenSeq < WINDOW) return sent;
    return this.acknowledged(part.seq - WINDOW);
  }

  private acknowledged(beyondSeq: number): Promise<void> {
    return new Promise((resolve) => {
      this.wake = () => {
        if ((this.takenSeq ?? Infinity) <= beyondSeq) return;
        this.wake = undefined;
        resolve();
      };
    });
  }

  fail(error: SpeechError): void {
    void this.frames.json({ type: 'error', ...wireErrorPart(error, this.options.requestId) });
    const { code, reason } = closeOf(error);
    this.frames.fail(code, reason);
  }
}

function binaryFrame({ seq, data }: AudioPart): Buffer {
  const frame = Buffer.allocUnsafe(4 + data.length);
  frame.writeUInt32BE(seq, 0);
  data.copy(frame, 4);
  return frame;
}

function jsonFrame({ seq, segment, data }: AudioPart): string {
  return `{"type":"audio","seq":${seq},"segment":${segment},"data":"${data.toString('base64')}"}`;
}
