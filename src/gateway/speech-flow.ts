import type { Transcoder } from '../audio/transcoder.js';
import { judge, type SpokenText } from '../audio/verdict.js';
import type { CallContext } from '../core/call-context.js';
import { compose, type SpeechHandler, type SpeechPolicy } from '../core/speech-handler.js';
import type { Attempt, SeamPart, SpeechStream } from '../core/speech-part.js';
import type { SpeechRequest } from '../core/speech-request.js';
import { AttemptLog, recordAttempts } from '../policies/attempts.js';
import { breaker } from '../policies/breaker.js';
import type { Candidate } from '../policies/candidate.js';
import { continuation } from '../policies/continuation/continuation.js';
import { fallback } from '../policies/fallback.js';
import type { HedgeReport } from '../policies/hedge.js';
import { retry } from '../policies/retry.js';
import type { ShareBudget } from '../policies/share-budget.js';
import { slots } from '../policies/slots.js';
import { suspendable } from '../policies/suspendable.js';
import { deadline, watchdog } from '../policies/watchdog.js';
import type { LatencyBook } from '../routing/latency-book.js';
import { latencyKey } from '../routing/target.js';
import { bySegment } from './by-segment.js';
import type { GatewaySettings } from './gateway-settings.js';
import { TextLegs } from './text-legs.js';
import { askedEncoding, takesTextAsWritten, towards, type SpeechPlan, type TargetPlan } from './speech-plan.js';
import type { TextFeed } from './text-feed.js';

/** Told of what happened on the way; every call must be cheap and must not throw. */
export interface FlowObserver {
  attempted(attempt: Attempt): void;
  seamed(seam: SeamPart): void;
  hedged(report: HedgeReport): void;
}

export interface FlowParts {
  readonly settings: GatewaySettings;
  readonly transcoder: Transcoder;
  readonly latency: LatencyBook;
  /** Caps the share of hedged speeches over the whole gateway. */
  readonly hedges: ShareBudget;
  readonly observer: FlowObserver;
}

/** One planned speech, from the first target's first segment to the client's own format. */
export function speechFlow(
  request: SpeechRequest,
  plan: SpeechPlan,
  call: CallContext,
  feed: TextFeed | undefined,
  parts: FlowParts,
): SpeechStream {
  return new SpeechFlow(request, plan, call, feed, parts).open();
}

class SpeechFlow {
  private readonly attempts = new AttemptLog();
  private readonly texts: TextLegs;
  /** More than one target may speak: each is then brought to PCM, so that they can be joined. */
  private readonly several: boolean;
  /** The whole speech is one call of its one target. */
  private readonly single: boolean;
  /** Its one target takes the text as it is written. */
  private readonly asWritten: boolean;

  constructor(
    private readonly request: SpeechRequest,
    private readonly plan: SpeechPlan,
    private readonly call: CallContext,
    private readonly feed: TextFeed | undefined,
    private readonly parts: FlowParts,
  ) {
    this.several = plan.targets.length > 1;
    this.asWritten = feed !== undefined && takesTextAsWritten(plan);
    const most = plan.targets.map(({ provider }) => provider.manifest.maxCharacters);
    this.texts = new TextLegs(feed, this.asWritten, Math.min(...most));
    const [first] = plan.targets;
    this.single = !this.several && this.texts.single(towards(first, request), first.provider.manifest);
  }

  open(): SpeechStream {
    const { request, plan, call, parts } = this;
    const [first] = plan.targets;
    const limits = parts.settings.policies(first.provider.id);
    const handler = compose(
      [
        // The client's own limit for first audio covers everything below it; text that is still written has none.
        ...(this.feed ? [] : [deadline(request.deadlineMs ?? limits.deadline_ms)]),
        ...(this.several ? [this.goingOn()] : []),
      ],
      this.first(),
    );
    return parts.transcoder.transcode({
      encoding: request.targetFormat,
      joined: !this.single,
      expected: this.expected(),
      ...(request.sampleRateHz === undefined ? {} : { sampleRateHz: request.sampleRateHz }),
    })(handler(request, call), call);
  }

  private first(): SpeechHandler {
    const { plan, parts } = this;
    return fallback({
      candidates: plan.targets.map((target) => this.candidate(target)),
      attempts: this.attempts,
      hedge:
        plan.route.hedgeAfterMs === undefined
          ? undefined
          : {
              afterMs: plan.route.hedgeAfterMs,
              budget: parts.hedges,
              onHedged: (report) => parts.observer.hedged(report),
            },
    });
  }

  private goingOn(): SpeechPolicy {
    const { plan, parts, texts, feed } = this;
    return continuation({
      ...(feed ? { text: () => feed.text } : {}),
      mode: plan.route.continuation ?? 'word',
      toPcm: (sampleRateHz) =>
        parts.transcoder.transcode({
          encoding: 'pcm16',
          joined: true,
          ...(sampleRateHz === undefined ? {} : { sampleRateHz }),
        }),
      rest: (request, offset) => texts.rest(request, offset),
      onSeam: (seam) => parts.observer.seamed(seam),
    });
  }

  /** One target with everything around its calls, outermost first. */
  private candidate(target: TargetPlan): Candidate {
    const { provider, voice } = target;
    const guard = this.parts.settings.guards.of(provider.id);
    const speak = compose(
      [
        // Each segment is a call of its own, so the policies below hold for each of them.
        bySegment((request) => this.texts.segments(request, provider.manifest)),
        // A client that leaves costs nothing while it is away; the wait for it is no stall of the provider.
        suspendable,
        // Only before the first audio of a call, so that a retry is never heard.
        this.retry(target),
        // Each try by itself.
        this.recordAttempts(target),
        // Outside the slots: a provider that is left alone must not fill its own queue.
        breaker(guard.breaker),
        slots(guard.slots, { priorityOf: ({ priority }, { ongoing }) => (ongoing ? 'ongoing' : priority) }),
        // What the breaker and the retry learn is the verdict on each call, not the status of its answer.
        this.asWritten ? judgeBy(this.expected()) : judgeCall,
        // A provider that hangs is told apart from a reader that is slow; it also races the abort of the call.
        this.watchdog(target),
      ],
      provider.speak,
    );
    return {
      provider: provider.id,
      voice,
      speak: (request, call) => {
        const asked = { ...towards(target, request), targetFormat: this.asked(target) };
        return speak(this.asWritten && this.feed ? { ...asked, textStream: this.feed.asWritten() } : asked, call);
      },
    };
  }

  private retry({ provider: { id } }: TargetPlan): SpeechPolicy {
    const { settings } = this.parts;
    const { attempts, base_ms: baseMs, max_ms: maxMs } = settings.policies(id).retry;
    const budget = settings.guards.of(id).retries;
    // Text that was taken as it was written cannot be given again.
    return retry({ attempts: this.asWritten ? 1 : attempts, baseMs, maxMs, budget });
  }

  private recordAttempts({ provider, voice, target }: TargetPlan): SpeechPolicy {
    const { latency, observer } = this.parts;
    const onAttempt = (attempt: Attempt): void => {
      if (attempt.firstAudioMs !== undefined) latency.record(latencyKey(target), attempt.firstAudioMs);
      observer.attempted(attempt);
    };
    return recordAttempts({ log: this.attempts, provider: provider.id, voice, onAttempt });
  }

  private watchdog({ provider }: TargetPlan): SpeechPolicy {
    const { feed } = this;
    const limits = this.parts.settings.policies(provider.id);
    return watchdog({
      firstAudioMs: limits.first_audio_ms,
      interChunkMs: limits.inter_chunk_ms,
      provider: provider.id,
      // A provider that speaks what is being written may have nothing to say.
      ...(this.asWritten && feed ? { excused: () => !feed.complete } : {}),
    });
  }

  private asked(target: TargetPlan) {
    const wanted = this.several ? 'pcm16' : this.request.targetFormat;
    return askedEncoding(target.provider.manifest, wanted, !this.single);
  }

  private expected(): SpokenText {
    const { request, feed, plan } = this;
    return {
      get text() {
        return feed ? feed.text : request.text;
      },
      markup: request.markup,
      speed: towards(plan.targets[0], request).speed,
    };
  }
}

function judgeBy(expected: SpokenText): SpeechPolicy {
  return (next) => (request, call) => judge(expected)(next(request, call), call);
}

const judgeCall: SpeechPolicy = (next) => (request, call) =>
  judge({ text: request.text, markup: request.markup, speed: request.speed })(next(request, call), call);
