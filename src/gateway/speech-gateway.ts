import type { Transcoder } from '../audio/transcoder.js';
import { judge } from '../audio/verdict.js';
import { negotiateFormat } from '../audio/negotiate-format.js';
import type { CallContext } from '../core/call-context.js';
import { linkedAbort } from '../core/abort.js';
import { SpeechError, toSpeechError } from '../core/speech-error.js';
import { compose } from '../core/speech-handler.js';
import type { SpeechPart, SpeechStream } from '../core/speech-part.js';
import type { SpeechRequest } from '../core/speech-request.js';
import { deadline, watchdog } from '../policies/watchdog.js';
import { resolveTargets } from '../routing/resolve-targets.js';
import type { ActiveSpeeches } from './active-speeches.js';
import { askedEncoding, planTarget, type TargetPlan } from './speech-plan.js';
import { bySegment } from './by-segment.js';
import { checkRequest } from './check-request.js';
import type { GatewaySettings } from './gateway-settings.js';
import { narrate } from './narrate.js';
import { segmentsFor } from './segments-for.js';
import type { SpeechObserver } from './speech-report.js';

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

  /** Refuses what can be refused without asking a provider: `invalid_request`, `not_found`, `unsupported`, `too_large`. */
  check(request: SpeechRequest, transport: CallContext['transport']): void {
    this.plan(request, transport);
  }

  /** The stream contract of `SpeechHandler`: one speech, in the format that was asked. */
  async *speak(request: SpeechRequest, call: CallContext): AsyncGenerator<SpeechPart, void, undefined> {
    const { active, observer } = this.options;
    const scope = linkedAbort(call.signal);
    const scoped: CallContext = { ...call, signal: scope.signal };
    observer.started();
    const story = narrate(request, scoped, observer);
    try {
      const plan = this.plan(request, call.transport);
      active.enter({
        sessionId: call.sessionId,
        transport: call.transport,
        startedAtMs: call.receivedAtMs,
        cancel: (reason) => scope.abort(reason),
      });
      yield* story.tell(this.flow(request, plan, scoped), plan);
    } catch (error) {
      throw story.failed(toSpeechError(error));
    } finally {
      scope.dispose();
      active.leave(call.sessionId);
      story.end();
    }
  }

  private plan(request: SpeechRequest, transport: CallContext['transport']): TargetPlan {
    const { routing, limits, providers, catalogue } = this.options.settings();
    checkRequest(request, limits.max_characters);
    const dialect = transport === 'openai' ? 'openai' : 'native';
    const [target] = resolveTargets({ ...request, dialect }, routing);
    const provider = target && providers.get(target.provider);
    if (!target || !provider) {
      throw new SpeechError('unavailable', 'No voice of this route can be used now.', { retryAfterMs: 5000 });
    }
    const voice = catalogue.find(target.provider, target.voice);
    const unsupported = this.options.transcoder.unsupportedReason(request.targetFormat);
    if (unsupported !== undefined) throw new SpeechError('unsupported', unsupported, { param: 'target_format' });
    negotiateFormat(request.targetFormat, request.sampleRateHz, voice?.sampleRateHz ?? 24_000);
    return planTarget(request, target, provider, voice);
  }

  private flow(request: SpeechRequest, plan: TargetPlan, call: CallContext): SpeechStream {
    const { policies } = this.options.settings();
    const { provider } = plan;
    const segments = segmentsFor(plan.request, provider.manifest);
    const target = {
      encoding: request.targetFormat,
      sampleRateHz: request.sampleRateHz ?? 24_000,
      channels: 1,
    } as const;
    const asked: SpeechRequest = {
      ...plan.request,
      targetFormat: askedEncoding(provider.manifest, target, segments.length),
    };
    const limits = policies(provider.id);
    const handler = compose(
      [
        // The client's own limit for first audio covers everything below it.
        deadline(request.deadlineMs ?? limits.deadline_ms),
        // Each segment is a call of its own, so the limits below hold for each of them.
        bySegment(() => segments),
        // A provider that hangs is told apart from a reader that is slow; it also races the abort of the call.
        watchdog({ firstAudioMs: limits.first_audio_ms, interChunkMs: limits.inter_chunk_ms, provider: provider.id }),
      ],
      provider.speak,
    );
    const judged = judge({ text: request.text, markup: request.markup, speed: asked.speed })(
      handler(asked, call),
      call,
    );
    return this.options.transcoder.transcode({
      encoding: request.targetFormat,
      ...(request.sampleRateHz === undefined ? {} : { sampleRateHz: request.sampleRateHz }),
    })(judged, call);
  }
}
