import { SpeechError, type SpeechProgress } from '../../core/speech-error.js';
import type { SpeechPart } from '../../core/speech-part.js';
import type { SpeechRequest } from '../../core/speech-request.js';
import { SpeechSessions } from '../../gateway/speech-sessions.js';
import type { TextFeed } from '../../gateway/text-feed.js';
import { pump, type SpeechSink } from '../pump.js';
import { errorBody } from '../wire/error-body.js';
import { speechRequestSchema, toSpeechRequest } from '../wire/speech-request-schema.js';
import { wirePart } from '../wire/wire-part.js';
import type { FrameWriter } from './frame-writer.js';
import type { SocketParts } from './socket-parts.js';
import type { SynthesizeConfig } from './synthesize-schema.js';

interface Utterance {
  readonly feed: TextFeed;
  readonly abort: AbortController;
}

/**
 * The speeches of one `/ws/synthesize` socket, one after the other: a cancelled one (barge-in) makes room for the
 * next, which begins with the next text under the same configuration.
 */
export class SpokenText {
  private current: Utterance | undefined;
  /** Resolves when every speech so far has said its last word. */
  private speaking = Promise.resolve();
  private closed = false;

  private constructor(
    private readonly frames: FrameWriter,
    private readonly request: SpeechRequest,
    private readonly parts: SocketParts,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** Checks the configuration and answers `ready`. Throws what is wrong with it. */
  static open(
    frames: FrameWriter,
    { sample_rate, ...config }: SynthesizeConfig,
    parts: SocketParts,
    onFailure: (error: unknown) => void,
  ): SpokenText {
    const rate = config.sample_rate_hz ?? sample_rate;
    const wire = { ...config, ...(rate === undefined ? {} : { sample_rate_hz: rate }), text: 'text follows' };
    const asked = { ...toSpeechRequest(speechRequestSchema.parse(wire), 'pcm16'), text: '' };
    const sampleRateHz = parts.sessions.plannedRate(asked, 'websocket');
    const spoken = new SpokenText(frames, { ...asked, sampleRateHz }, parts, onFailure);
    void frames.json({ type: 'ready', message: 'Send {"text": …} frames.', sample_rate: sampleRateHz });
    return spoken;
  }

  static fail(frames: FrameWriter, error: SpeechError, requestId: string): void {
    void frames.json({ type: 'error', message: error.message, ...errorBody(error, requestId) });
  }

  push(text: string): void {
    this.utterance().feed.push(text);
  }

  flush(): void {
    this.current?.feed.flush();
  }

  end(): void {
    if (this.current) this.current.feed.end();
    else void this.speaking.then(() => this.finish({}));
  }

  /** Barge-in: the client is told how much of its text it was sent. Text that follows begins the next speech. */
  cancel(): void {
    const { current } = this;
    this.current = undefined;
    if (current) current.abort.abort(new SpeechError('cancelled', 'The client cancelled.'));
    else void this.speaking.then(() => this.cancelled());
  }

  close(): void {
    this.closed = true;
    this.current?.abort.abort(new SpeechError('cancelled', 'The client closed its socket.'));
  }

  private utterance(): Utterance {
    if (this.current) return this.current;
    const utterance = { feed: this.parts.sessions.newFeed(), abort: new AbortController() };
    this.current = utterance;
    // A cancelled speech has told so before the next one begins; what is written meanwhile waits in its feed.
    this.speaking = this.speaking.then(() => this.speak(utterance));
    return utterance;
  }

  private speak(utterance: Utterance): Promise<void> {
    const { sessions, pace, log, requestId } = this.parts;
    const call = {
      sessionId: SpeechSessions.newId(),
      requestId,
      transport: 'websocket' as const,
      signal: utterance.abort.signal,
      receivedAtMs: performance.now(),
      log,
    };
    const sink: SpeechSink = {
      write: (part) => this.write(part),
      fail: (error) => this.ended(error),
    };
    return pump(sessions.speakOnce(this.request, call, utterance.feed), sink, pace);
  }

  private write(part: SpeechPart): Promise<void> | undefined {
    const { frames } = this;
    switch (part.type) {
      case 'audio': {
        const rate = this.request.sampleRateHz;
        return frames.send(
          `{"type":"audio","data":"${part.data.toString('base64')}","sample_rate":${rate},"seq":${part.seq}}`,
        );
      }
      case 'complete':
        return this.finish(wirePart(part));
      default:
        return frames.json({ type: part.type, ...wirePart(part) });
    }
  }

  private finish(totals: object): Promise<void> | undefined {
    if (this.closed) return undefined;
    this.closed = true;
    this.current = undefined;
    void this.frames.json({ type: 'complete', message: 'The text has been spoken.', ...totals });
    return this.frames.close(1000);
  }

  private ended(error: SpeechError): void {
    if (error.code === 'cancelled') this.cancelled(error.progress);
    else if (!this.closed || error.code === 'client_stalled') this.onFailure(error);
  }

  private cancelled({ spokenTo = 0, spokenToSource = 'segments' }: Partial<SpeechProgress> = {}): void {
    if (this.closed) return;
    void this.frames.json({ type: 'cancelled', spoken_to: spokenTo, spoken_to_source: spokenToSource });
  }
}
