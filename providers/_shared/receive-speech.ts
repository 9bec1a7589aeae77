import { isSpeechError, SpeechError } from '../../src/core/speech-error.js';
import type { AudioIntake } from './audio-intake.js';
import { connectionError } from './http-error.js';
import type { HttpSink, HttpStream } from './http-stream.js';
import type { SpeechOutlet } from './pushed-speech.js';
import { headerOf } from './retry-after.js';
import { SseReader } from './sse-reader.js';

/** A server that has said `done` has this long to end its answer and keep its connection. */
const LINGER_MS = 1000;

/** What one server-sent event means; undefined: nothing to us. */
export type SpeechEvent =
  { kind: 'audio'; data: Buffer } | { kind: 'done' } | { kind: 'error'; said: string } | undefined;

export interface ReceiveSpeechOptions {
  readonly stream: HttpStream;
  readonly intake: AudioIntake;
  readonly outlet: SpeechOutlet;
  readonly provider: string;
  /** Take the closing of the connection for the end where the answer has neither a length nor chunks. */
  readonly trustClose: boolean;
  readonly readEvent: (data: string, event: string) => SpeechEvent;
  readonly redact: (said: string) => string;
}

/** Takes the body of one answer, audio or events, to the intake; the speech ends whole or with one error. */
export function receiveSpeech(options: ReceiveSpeechOptions): void {
  const { stream, outlet } = options;
  const events = headerOf(stream.headers, 'content-type')?.includes('text/event-stream') === true;
  outlet.onRoom = () => stream.resume();
  stream.pipe(events ? new EventSink(options) : new AudioSink(options));
}

class AudioSink implements HttpSink {
  private over = false;

  constructor(protected readonly options: ReceiveSpeechOptions) {}

  data(chunk: Buffer): boolean {
    if (this.over) return true;
    try {
      return this.take(chunk);
    } catch (error) {
      this.stop(error);
      return true;
    }
  }

  end(): void {
    if (this.over) return;
    try {
      this.ended();
    } catch (error) {
      this.stop(error);
    }
    this.over = true;
  }

  fail(error: Error): void {
    if (!this.over) this.stop(connectionError(error, this.options.provider, true));
  }

  protected take(chunk: Buffer): boolean {
    return this.options.intake.push(chunk);
  }

  protected ended(): void {
    const { stream, trustClose, intake, provider } = this.options;
    if (!stream.framed && !trustClose) {
      throw new SpeechError('incomplete', `${provider} closed its answer without saying that it was whole.`);
    }
    intake.end();
  }

  /** The audio is whole; what still comes is not for the listener. */
  protected done(): void {
    this.options.intake.end();
    this.over = true;
    const timer = setTimeout(() => this.options.stream.abort(new Error('nothing more is due')), LINGER_MS);
    timer.unref();
  }

  private stop(error: unknown): void {
    this.over = true;
    this.options.outlet.fail(isSpeechError(error) ? error : this.unreadable(error));
    this.options.stream.abort(new Error('the answer is of no use'));
  }

  private unreadable(error: unknown): SpeechError {
    const { provider, redact } = this.options;
    const cause = new Error(redact(String(error)));
    return new SpeechError('upstream_failed', `${provider} answered with something that cannot be read.`, { cause });
  }
}

class EventSink extends AudioSink {
  private room = true;
  private finished = false;

  private readonly reader = new SseReader((data, event) => {
    if (!this.finished) this.message(data, event);
  });

  protected override take(chunk: Buffer): boolean {
    this.room = true;
    this.reader.push(chunk);
    return this.room;
  }

  protected override ended(): void {
    this.reader.end();
    if (!this.finished) {
      throw new SpeechError('upstream_failed', `${this.options.provider} ended its events before it was done.`);
    }
  }

  private message(data: string, event: string): void {
    const { provider, redact, intake, readEvent } = this.options;
    const message = readEvent(data, event);
    if (message?.kind === 'audio') this.room = intake.push(message.data) && this.room;
    else if (message?.kind === 'done') {
      this.finished = true;
      this.done();
    } else if (message?.kind === 'error') {
      const cause = new Error(redact(message.said));
      throw new SpeechError('upstream_failed', `${provider} reported an error while it spoke.`, { cause });
    }
  }
}
