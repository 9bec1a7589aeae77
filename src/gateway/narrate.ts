import type { CallContext } from '../core/call-context.js';
import type { SpeechError } from '../core/speech-error.js';
import type { CompletePart, SpeechPart, SpeechStream } from '../core/speech-part.js';
import type { SpeechRequest } from '../core/speech-request.js';
import { HeardLength } from './heard-length.js';
import { SpokenPositionTracker } from './spoken-position.js';
import { takesTextAsWritten, type SpeechPlan } from './speech-plan.js';
import type { SpeechObserver, SpeechReport } from './speech-report.js';
import type { TextFeed } from './text-feed.js';

/** Follows one speech on its last step: adds the warnings, the totals and the way it ended. */
export interface Story {
  tell(source: SpeechStream, plan: SpeechPlan): AsyncGenerator<SpeechPart, void, undefined>;
  /** The failure with how far the speech had come. */
  failed(error: SpeechError): SpeechError;
  /** Reports to the observer; a speech that neither completed nor failed was left by its reader. */
  end(): void;
}

/** `feed`: the text of a speech that is written while it is spoken. */
export function narrate(
  request: SpeechRequest,
  call: CallContext,
  observer: SpeechObserver,
  feed: TextFeed | undefined,
): Story {
  return new SpeechStory(request, call, observer, feed);
}

class SpeechStory implements Story {
  private position = new SpokenPositionTracker();
  private provider = '';
  private voice = '';
  private outcome: SpeechReport['outcome'] = 'cancelled';
  private lastSeq = -1;
  private bytes = 0;
  private heard: HeardLength | undefined;
  private completeMs: number | undefined;
  private firstAudioMs: number | undefined;

  constructor(
    private readonly request: SpeechRequest,
    private readonly call: CallContext,
    private readonly observer: SpeechObserver,
    private readonly feed: TextFeed | undefined,
  ) {}

  async *tell(source: SpeechStream, plan: SpeechPlan): AsyncGenerator<SpeechPart, void, undefined> {
    this.provider = plan.targets[0].provider.id;
    this.voice = plan.targets[0].voice;
    const { feed } = this;
    if (feed && takesTextAsWritten(plan)) this.position = new SpokenPositionTracker(() => feed.text.length);
    for await (const part of source) {
      switch (part.type) {
        case 'start':
          this.heard = new HeardLength(part);
          this.provider = part.provider;
          this.voice = part.voice;
          yield { ...part, warnings: [...unhonoured(plan, part.voice), ...part.warnings] };
          break;
        case 'audio':
          this.firstAudioMs ??= performance.now() - this.call.receivedAtMs;
          this.lastSeq = part.seq;
          this.bytes += part.data.length;
          this.heard?.take(part.data);
          yield part;
          break;
        case 'complete':
          this.completeMs = part.audioMs;
          this.outcome = 'complete';
          yield this.complete(part);
          break;
        case 'timing':
          this.position.take(part);
          // Words may have been asked for the gateway's own use; marks are the client's, it put them there.
          if (this.request.timings !== 'none' || part.kind === 'mark') yield part;
          break;
        default:
          this.position.take(part);
          yield part;
      }
    }
  }

  private complete(part: CompletePart): CompletePart {
    const totalMs = performance.now() - this.call.receivedAtMs;
    const firstAudioMs = this.firstAudioMs ?? totalMs;
    return {
      ...part,
      characters: this.request.text.length || part.characters,
      timingsMs: { queue: part.timingsMs.queue, firstAudio: Math.round(firstAudioMs), total: Math.round(totalMs) },
    };
  }

  failed(error: SpeechError): SpeechError {
    this.outcome = error.code;
    const audioMs = this.audioMs();
    const { offset: spokenTo, source: spokenToSource } = this.position.at(audioMs);
    const progress = { lastSeq: this.lastSeq, audioMs, spokenTo, spokenToSource };
    return error.with({
      progress,
      ...(error.provider === undefined && this.provider ? { provider: this.provider } : {}),
    });
  }

  private audioMs(): number {
    return this.completeMs ?? Math.round(this.heard?.ms ?? 0);
  }

  end(): void {
    this.observer.ended({
      sessionId: this.call.sessionId,
      requestId: this.call.requestId,
      transport: this.call.transport,
      provider: this.provider,
      voice: this.voice,
      outcome: this.outcome,
      characters: this.feed?.text.length ?? this.request.text.length,
      audioMs: this.audioMs(),
      bytes: this.bytes,
      firstAudioMs: this.firstAudioMs,
      totalMs: performance.now() - this.call.receivedAtMs,
    });
  }
}

/** What the voice that speaks does not honour, whichever of the targets it is. */
function unhonoured({ targets }: SpeechPlan, voice: string): readonly string[] {
  return targets.find((target) => target.voice === voice)?.warnings ?? [];
}
