import type { AudioEncoding } from '../core/audio-format.js';
import type { Provider, ProviderManifest } from '../core/provider.js';
import { SpeechError } from '../core/speech-error.js';
import type { SpeechRequest } from '../core/speech-request.js';
import type { Voice } from '../core/voice.js';
import type { Target } from '../routing/target.js';

/** How one target will speak one request: checked, so that what can be refused is refused before any provider is called. */
export interface TargetPlan {
  readonly provider: Provider;
  readonly target: Target;
  /** What the provider is asked; its text is the whole text, cut into segments later. */
  readonly request: SpeechRequest;
  /** Wishes this target does not honour, in plain words. */
  readonly warnings: readonly string[];
}

/**
 * Throws `unsupported` with the field when the voice cannot speak the request as it stands.
 * `voice` is what is known of the voice; when nothing is, the provider itself judges.
 */
export function planTarget(
  request: SpeechRequest,
  target: Target,
  provider: Provider,
  voice: Voice | undefined,
): TargetPlan {
  const { manifest } = provider;
  if (voice && !voice.available) {
    throw new SpeechError(
      'unavailable',
      `${provider.id}/${voice.id} cannot speak now: ${voice.reason ?? 'no reason given'}.`,
    );
  }
  if (request.markup === 'ssml' && !(voice?.ssml ?? manifest.ssml)) {
    throw new SpeechError('unsupported', `${provider.id}/${target.voice} does not read SSML; send "text".`, {
      param: 'ssml',
    });
  }
  if (request.language !== undefined && voice) requireLanguage(request.language, voice, provider.id);
  return {
    provider,
    target,
    warnings: unhonoured(request, manifest, voice),
    request: towards(target, request, manifest),
  };
}

function towards(target: Target, request: SpeechRequest, manifest: ProviderManifest): SpeechRequest {
  const { provider: _provider, model: _named, ...rest } = request;
  const { voice, model, speed = 1, pitch = 0, volume = 0 } = target;
  return {
    ...rest,
    voice,
    speed: clamp(request.speed * speed, 0.25, 4),
    pitch: clamp(request.pitch + pitch, -50, 50),
    volume: clamp(request.volume + volume, -50, 50),
    timings: tellsWordsAnyway(manifest) && request.timings === 'none' ? 'word' : request.timings,
    ...(model === undefined ? {} : { model }),
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
