import { negotiateFormat } from '../audio/negotiate-format.js';
import type { AudioEncoding, AudioFormat } from '../core/audio-format.js';
import type { TransportName } from '../core/call-context.js';
import type { Provider, ProviderManifest } from '../core/provider.js';
import { SpeechError, toSpeechError } from '../core/speech-error.js';
import type { SpeechRequest } from '../core/speech-request.js';
import type { Voice } from '../core/voice.js';
import type { LatencyBook } from '../routing/latency-book.js';
import { orderTargets } from '../routing/order-targets.js';
import { resolveRoute } from '../routing/resolve-targets.js';
import { allowedTargets } from '../routing/substitute-voices.js';
import { latencyKey, targetId, type RouteBehaviour, type Target } from '../routing/target.js';
import type { GatewaySettings } from './gateway-settings.js';

/** How one target will speak one request. */
export interface TargetPlan {
  readonly provider: Provider;
  readonly target: Target;
  /** Full voice id. */
  readonly voice: string;
  /** Wishes this target does not honour, in plain words. */
  readonly warnings: readonly string[];
}

/** Checked, so that what can be refused is refused before any provider is called. */
export interface SpeechPlan {
  /** Best first, never empty. */
  readonly targets: readonly [TargetPlan, ...TargetPlan[]];
  readonly route: RouteBehaviour;
  /** What the client will get; the rate is a promise only where the request names it. */
  readonly format: AudioFormat;
}

/**
 * Who may speak the request, best first. Throws `not_found` for names that lead nowhere, `unavailable` when nobody is
 * there, and what the first target refuses (`unsupported` with the field) when none of them can speak it as it stands.
 */
export function planSpeech(
  request: SpeechRequest,
  transport: TransportName,
  settings: GatewaySettings,
  latency: LatencyBook,
): SpeechPlan {
  const { routing, providers, catalogue, guards } = settings;
  const dialect = transport === 'openai' ? 'openai' : 'native';
  const route = resolveRoute({ ...request, dialect }, routing);
  const ordered = orderTargets(
    route,
    {
      healthy: ({ provider }) => providers.get(provider) !== undefined && guards.usable(provider),
      firstAudioMs: (target) => latency.of(latencyKey(target))?.p50Ms,
    },
    Math.random,
  );
  const voices = request.substitute === 'any' ? catalogue.known() : [];
  const allowed = allowedTargets(request.substitute, ordered, voices, request.language);
  const { plans, refusal } = checkEach(allowed, request, settings);
  const [first, ...rest] = plans;
  if (!first) {
    throw refusal ?? new SpeechError('unavailable', 'No voice of this route can be used now.', { retryAfterMs: 5000 });
  }
  const { format } = negotiateFormat(request.targetFormat, request.sampleRateHz, knownRate(first, settings));
  return { targets: [first, ...rest], route, format };
}

function checkEach(targets: readonly Target[], request: SpeechRequest, { providers, catalogue }: GatewaySettings) {
  const plans: TargetPlan[] = [];
  let refusal: SpeechError | undefined;
  for (const target of targets) {
    const provider = providers.get(target.provider);
    if (!provider) continue;
    try {
      plans.push(planTarget(request, target, provider, catalogue.find(target.provider, target.voice)));
    } catch (error) {
      refusal ??= toSpeechError(error);
    }
  }
  return { plans, refusal };
}

function knownRate({ target }: TargetPlan, { catalogue }: GatewaySettings): number {
  return catalogue.find(target.provider, target.voice)?.sampleRateHz ?? 24_000;
}

/** `voice` is what is known of the voice; when nothing is, the provider itself judges. */
function planTarget(request: SpeechRequest, target: Target, provider: Provider, voice: Voice | undefined): TargetPlan {
  const { manifest } = provider;
  if (voice && !voice.available) {
    const reason = voice.reason ?? 'no reason given';
    throw new SpeechError('unavailable', `${targetId(target)} cannot speak now: ${reason}.`);
  }
  if (request.markup === 'ssml' && !(voice?.ssml ?? manifest.ssml)) {
    throw new SpeechError('unsupported', `${targetId(target)} does not read SSML; send "text".`, { param: 'ssml' });
  }
  if (request.language !== undefined && voice) requireLanguage(request.language, voice, provider.id);
  return { provider, target, voice: targetId(target), warnings: unhonoured(request, manifest, voice) };
}

/** Text that is written while it is spoken goes to the provider as it comes: only where nobody else may have to go on. */
export function takesTextAsWritten({ targets }: SpeechPlan): boolean {
  return targets.length === 1 && targets[0].provider.manifest.textStreaming;
}

/** The request as this target's provider is asked it: its own voice, the operator's overrides. */
export function towards({ target, provider }: TargetPlan, request: SpeechRequest): SpeechRequest {
  const { provider: _provider, model: _named, ...rest } = request;
  const { voice, model, speed = 1, pitch = 0, volume = 0, options } = target;
  const { type } = provider.manifest;
  const asked = request.providerOptions[type];
  return {
    ...rest,
    voice,
    speed: clamp(request.speed * speed, 0.25, 4),
    pitch: clamp(request.pitch + pitch, -50, 50),
    volume: clamp(request.volume + volume, -50, 50),
    timings: tellsWordsAnyway(provider.manifest) && request.timings === 'none' ? 'word' : request.timings,
    ...(model === undefined ? {} : { model }),
    ...(options === undefined ? {} : { providerOptions: { [type]: { ...(asked as object | undefined), ...options } } }),
  };
}

/** Our own engines tell their words at no cost, and `spoken_to` of a speech that is cut short is then exact. */
function tellsWordsAnyway({ wire, timings }: ProviderManifest): boolean {
  return (wire === 'host' || wire === 'in-process') && timings.includes('word');
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function requireLanguage(language: string, voice: Voice, provider: string): void {
  const wanted = language.toLowerCase();
  const speaks = voice.languages.some((tag) => {
    const has = tag.toLowerCase();
    return has === wanted || has.startsWith(`${wanted}-`) || wanted.startsWith(`${has}-`);
  });
  if (speaks) return;
  throw new SpeechError(
    'unsupported',
    `${provider}/${voice.id} speaks ${voice.languages.join(', ')}, not "${language}"; choose a voice of that language from GET /v1/voices.`,
    { param: 'language' },
  );
}

/** One sentence for each wish that the target will not honour. */
function unhonoured(request: SpeechRequest, manifest: ProviderManifest, voice: Voice | undefined): string[] {
  const honours = new Set<string>(manifest.honours);
  const wishes: [field: string, wished: boolean, honoured: boolean][] = [
    ['speed', request.speed !== 1, honours.has('speed')],
    ['pitch', request.pitch !== 0, honours.has('pitch')],
    ['volume', request.volume !== 0, honours.has('volume')],
    ['instructions', request.instructions !== undefined, honours.has('instructions')],
    ['voice_description', request.voiceDescription !== undefined, honours.has('voice_description')],
    [
      'timings',
      request.timings !== 'none',
      (voice?.timings ?? manifest.timings).some((kind) => kind === request.timings),
    ],
  ];
  return wishes
    .filter(([, wished, honoured]) => wished && !honoured)
    .map(([field]) => `${field} is not honoured by ${manifest.title}`);
}

/**
 * What to ask the provider for: the client's own encoding where the provider makes it and the clip comes in one piece;
 * otherwise PCM, which joins without a gap and is encoded once.
 */
export function askedEncoding(manifest: ProviderManifest, wanted: AudioEncoding, joined: boolean): AudioEncoding {
  const joins = wanted === 'pcm16' || wanted === 'mulaw' || wanted === 'alaw';
  if (manifest.formats.includes(wanted) && (joins || (!joined && wanted !== 'wav'))) return wanted;
  return manifest.formats.includes('pcm16') ? 'pcm16' : (manifest.formats[0] ?? 'pcm16');
}
