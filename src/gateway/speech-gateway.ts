import type { Transcoder } from '../audio/transcoder.js';
import { cacheKey } from '../cache/cache-key.js';
import type { SpeechCache } from '../cache/speech-cache.js';
import { linkedAbort } from '../core/abort.js';
import type { AudioFormat } from '../core/audio-format.js';
import type { CallContext, TransportName } from '../core/call-context.js';
import { SpeechError, toSpeechError } from '../core/speech-error.js';
import type { SpeechPart, SpeechStream } from '../core/speech-part.js';
import type { SpeechRequest } from '../core/speech-request.js';
import { ShareBudget } from '../policies/share-budget.js';
import { LatencyBook } from '../routing/latency-book.js';
import type { ActiveSpeeches } from './active-speeches.js';
import { checkRequest } from './check-request.js';
import type { GatewaySettings } from './gateway-settings.js';
import { narrate } from './narrate.js';
import { speechFlow, type FlowObserver } from './speech-flow.js';
import { planSpeech, towards, type SpeechPlan } from './speech-plan.js';
import type { SpeechObserver } from './speech-report.js';
import type { TextFeed } from './text-feed.js';

export interface SpeechGatewayOptions {
  /** The configuration in force; a speech keeps the one it started with. */
  readonly settings: () => GatewaySettings;
  readonly transcoder: Transcoder;
  readonly active: ActiveSpeeches;
  /** Absent: nothing is kept or shared. */
  readonly cache?: SpeechCache | undefined;
  readonly observer: SpeechObserver & FlowObserver;
}

/** So many of all speeches may be hedged. */
const HEDGED_SHARE = 0.1;

/** The whole way of one speech: check, plan, answer from the cache or speak, narrate. */
export class SpeechGateway {
  private readonly latency = new LatencyBook();
  private readonly hedges = new ShareBudget(HEDGED_SHARE);

  constructor(private readonly options: SpeechGatewayOptions) {}

  /**
   * Refuses what can be refused without asking a provider: `invalid_request`, `not_found`, `unsupported`, `too_large`.
   * With `laterText` the text comes later, and its checks with it. Returns the format to expect: the sample rate is a
   * promise only where the request names it, since a provider may send another than it lists.
   */
  check(request: SpeechRequest, transport: TransportName, laterText = false): AudioFormat {
    return this.plan(request, transport, laterText, this.options.settings()).format;
  }

  /** The stream contract of `SpeechHandler`: one speech, in the format that was asked. */
  async *speak(
    request: SpeechRequest,
    call: CallContext,
    feed?: TextFeed,
  ): AsyncGenerator<SpeechPart, void, undefined> {
    const { active, observer } = this.options;
    const settings = this.options.settings();
    const scope = linkedAbort(call.signal);
    const scoped: CallContext = { ...call, signal: scope.signal };
    observer.started();
    const story = narrate(request, scoped, observer, feed);
    try {
      const plan = this.plan(request, call.transport, feed !== undefined, settings);
      active.enter({
        sessionId: call.sessionId,
        transport: call.transport,
        startedAtMs: call.receivedAtMs,
        cancel: (reason) => scope.abort(reason),
      });
      yield* story.tell(this.answer(request, plan, scoped, feed, settings), plan);
    } catch (error) {
      throw story.failed(toSpeechError(error));
    } finally {
      scope.dispose();
      feed?.close();
      active.leave(call.sessionId);
      story.end();
    }
  }

  private plan(
    request: SpeechRequest,
    transport: TransportName,
    laterText: boolean,
    settings: GatewaySettings,
  ): SpeechPlan {
    if (!laterText) checkRequest(request, settings.limits.max_characters);
    const unsupported = this.options.transcoder.unsupportedReason(request.targetFormat);
    if (unsupported !== undefined) throw new SpeechError('unsupported', unsupported, { param: 'target_format' });
    return planSpeech(request, transport, settings, this.latency);
  }

  /** From the cache where it has the clip or someone is just making it; text that is still written is not cached. */
  private answer(
    request: SpeechRequest,
    plan: SpeechPlan,
    call: CallContext,
    feed: TextFeed | undefined,
    settings: GatewaySettings,
  ): SpeechStream {
    const { transcoder, cache, observer } = this.options;
    const parts = { settings, transcoder, latency: this.latency, hedges: this.hedges, observer };
    const speak = (asked: SpeechRequest, within: CallContext): SpeechStream =>
      speechFlow(asked, plan, within, feed, parts);
    if (!cache || feed) return speak(request, call);
    const [first] = plan.targets;
    const key = cacheKey({ ...towards(first, request), provider: first.provider.id });
    return cache.policy({
      keyOf: () => key,
      // The clip of a substitute must not be kept as the original.
      keeps: (start, complete) => complete.seams === 0 && start.voice === first.voice && complete.voice === first.voice,
    })(speak)(request, call);
  }
}
