import { negotiateFormat } from '../audio/negotiate-format.js';
import type { Transcoder } from '../audio/transcoder.js';
import { judge, type SpokenText } from '../audio/verdict.js';
import { linkedAbort } from '../core/abort.js';
import type { AudioFormat } from '../core/audio-format.js';
import type { CallContext, TransportName } from '../core/call-context.js';
import { SpeechError, toSpeechError } from '../core/speech-error.js';
import { compose } from '../core/speech-handler.js';
import type { SpeechPart, SpeechStream } from '../core/speech-part.js';
import type { SpeechRequest } from '../core/speech-request.js';
import { suspendable } from '../policies/suspendable.js';
import { deadline, watchdog } from '../policies/watchdog.js';
import { resolveTargets } from '../routing/resolve-targets.js';
import type { ActiveSpeeches } from './active-speeches.js';
import { bySegment } from './by-segment.js';
import { checkRequest } from './check-request.js';
import type { GatewaySettings } from './gateway-settings.js';
import { narrate } from './narrate.js';
import { segmentsOf } from './segments-of.js';
import { askedEncoding, planTarget, type TargetPlan } from './speech-plan.js';
import type { SpeechObserver } from './speech-report.js';
import type { TextFeed } from './text-feed.js';

export interface SpeechGatewayOptions {
  /** The configuration in force; a speech keeps the one it started with. */
  readonly settings: () => GatewaySettings;
  readonly transcoder: Transcoder;
  readonly active: ActiveSpeeches;
  readonly observer: SpeechObserver;
}

/** The whole flow of one speech: check, resolve, plan, speak by segments, judge, transcode, narrate. */
export class SpeechGateway {
  constructor(private readonly options: SpeechGatewayOptions) {}

  /**
   * Refuses what can be refused without asking a provider: `invalid_request`, `not_found`, `unsupported`, `too_large`.
   * With `laterText` the text comes later, and its checks with it. Returns the format to expect: the sample rate is a
   * promise only where the request names it, since a provider may send another than it lists.
   */
  check(request: SpeechRequest, transport: TransportName, laterText = false): AudioFormat {
    return this.plan(request, transport, laterText).format;
  }

  /** The stream contract of `SpeechHandler`: one speech, in the format that was asked. */
  async *speak(
    request: SpeechRequest,
    call: CallContext,
    feed?: TextFeed,
  ): AsyncGenerator<SpeechPart, void, undefined> {
    const { active, observer } = this.options;
    const scope = linkedAbort(call.signal);
    const scoped: CallContext = { ...call, signal: scope.signal };
    observer.started();
    const story = narrate(request, scoped, observer, feed);
    try {
      const plan = this.plan(request, call.transport, feed !== undefined);
      active.enter({
        sessionId: call.sessionId,
        transport: call.transport,
        startedAtMs: call.receivedAtMs,
        cancel: (reason) => scope.abort(reason),
      });
      yield* story.tell(this.flow(request, plan, scoped, feed), plan);
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
  ): TargetPlan & { format: AudioFormat } {
    const { routing, limits, providers, catalogue } = this.options.settings();
    if (!laterText) checkRequest(request, limits.max_characters);
    const dialect = transport === 'openai' ? 'openai' : 'native';
    const [target] = resolveTargets({ ...request, dialect }, routing);
    const provider = target && providers.get(target.provider);
    if (!target || !provider) {
      throw new SpeechError('unavailable', 'No voice of this route can be used now.', { retryAfterMs: 5000 });
    }
    const voice = catalogue.find(target.provider, target.voice);
    const unsupported = this.options.transcoder.unsupportedReason(request.targetFormat);
    if (unsupported !== undefined) throw new SpeechError('unsupported', unsupported, { param: 'target_format' });
    const { format } = negotiateFormat(request.targetFormat, request.sampleRateHz, voice?.sampleRateHz ?? 24_000);
    return { ...planTarget(request, target, provider, voice), format };
  }

  private flow(
    request: SpeechRequest,
    { provider, request: asked }: TargetPlan,
    call: CallContext,
    feed: TextFeed | undefined,
  ): SpeechStream {
    const limits = this.options.settings().policies(provider.id);
    const segments = segmentsOf(asked, provider.manifest, feed);
    const handler = compose(
      [
        // The client's own limit for first audio covers everything below it; text that is still written has none.
        ...(feed ? [] : [deadline(request.deadlineMs ?? limits.deadline_ms)]),
        // Each segment is a call of its own, so the policies below hold for each of them.
        bySegment(() => segments.source),
        // A client that leaves costs nothing while it is away; the wait for it is no stall of the provider.
        suspendable,
        // A provider that hangs is told apart from a reader that is slow; it also races the abort of the call.
        watchdog({
          firstAudioMs: limits.first_audio_ms,
          interChunkMs: limits.inter_chunk_ms,
          provider: provider.id,
          // A provider that speaks what is being written may have nothing to say.
          ...(segments.textStream && feed ? { excused: () => !feed.complete } : {}),
        }),
      ],
      provider.speak,
    );
    const expected: SpokenText = {
      get text() {
        return feed ? feed.text : request.text;
      },
      markup: request.markup,
      speed: asked.speed,
    };
    const targetFormat = askedEncoding(provider.manifest, request.targetFormat, !segments.single);
    const { textStream } = segments;
    const wanted: SpeechRequest = { ...asked, targetFormat, ...(textStream ? { textStream } : {}) };
    const judged = judge(expected)(handler(wanted, call), call);
    return this.options.transcoder.transcode({
      encoding: request.targetFormat,
      joined: !segments.single,
      expected,
      ...(request.sampleRateHz === undefined ? {} : { sampleRateHz: request.sampleRateHz }),
    })(judged, call);
  }
}
