import { SpeechError } from '../core/speech-error.js';
import { splitVoiceId, type ResolvedRoute, type RouteTarget, type RoutingTable, type Target } from './target.js';

/** What the client named. `dialect` says whose names they are. */
export interface VoiceChoice {
  readonly voice?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly dialect: 'native' | 'openai';
}

/** The targets of the route for a choice, in the operator's order; never empty. Pure. Throws as `resolveRoute`. */
export function resolveTargets(choice: VoiceChoice, table: RoutingTable): readonly Target[] {
  return resolveRoute(choice, table).targets;
}

/**
 * The route for a choice; it has at least one target. Pure.
 * Throws `not_found` (param `voice`, `provider`) for a name that leads nowhere.
 */
export function resolveRoute(choice: VoiceChoice, table: RoutingTable): ResolvedRoute {
  return choice.dialect === 'openai' ? resolveOpenai(choice, table) : resolveNative(choice, table);
}

function resolveNative({ voice, provider, model }: VoiceChoice, table: RoutingTable): ResolvedRoute {
  if (provider !== undefined) return only(providerTarget(provider, bareVoice(provider, voice), model, table));
  if (voice === undefined) return namedRoute('default', table);
  if (voice.includes('/')) return only(voiceTarget(voice, model, table));
  if (Object.hasOwn(table.routes, voice)) return namedRoute(voice, table);
  throw noSuchVoice(voice);
}

// A client that repeats the provider in the voice id means the same voice.
function bareVoice(provider: string, voice: string | undefined): string {
  if (voice === undefined) {
    throw new SpeechError('invalid_request', `provider "${provider}" was named without a voice; add "voice".`, {
      param: 'voice',
    });
  }
  return voice.startsWith(`${provider}/`) ? voice.slice(provider.length + 1) : voice;
}

function resolveOpenai({ voice, model }: VoiceChoice, table: RoutingTable): ResolvedRoute {
  if (voice?.includes('/')) return only(voiceTarget(voice, undefined, table));
  if (voice !== undefined && Object.hasOwn(table.routes, voice)) return namedRoute(voice, table);
  const meaning = model === undefined ? undefined : modelMeaning(model, table);
  if (meaning !== undefined && table.providers.has(meaning)) {
    // A provider named as the model speaks its default model; one reached through `openai.models` gets the name.
    const upstreamModel = meaning === model ? undefined : model;
    return only(providerTarget(meaning, voice ?? 'default', upstreamModel, table));
  }
  if (meaning?.includes('/')) return only(voiceTarget(meaning, undefined, table));
  const alias = voice === undefined ? undefined : lookup(table.openaiVoices, voice);
  if (alias?.includes('/')) return only(voiceTarget(alias, undefined, table));
  return namedRoute(alias ?? meaning ?? 'default', table);
}

function modelMeaning(model: string, table: RoutingTable): string | undefined {
  if (table.providers.has(model)) return model;
  const exact = lookup(table.openaiModels, model);
  if (exact !== undefined) return exact;
  const prefixes = Object.keys(table.openaiModels).filter(
    (key) => key.endsWith('*') && model.startsWith(key.slice(0, -1)),
  );
  const longest = prefixes.sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? undefined : table.openaiModels[longest];
}

// OpenAI clients are known to send their names in any case.
function lookup(map: Readonly<Record<string, string>>, name: string): string | undefined {
  if (Object.hasOwn(map, name)) return map[name];
  const lower = name.toLowerCase();
  return Object.hasOwn(map, lower) ? map[lower] : undefined;
}

function only(target: Target): ResolvedRoute {
  return { targets: [target] };
}

function namedRoute(alias: string, table: RoutingTable): ResolvedRoute {
  const route = Object.hasOwn(table.routes, alias) ? table.routes[alias] : undefined;
  if (!route) throw noSuchVoice(alias);
  return { ...route, targets: route.targets.map((target) => fromRoute(target)) };
}

function fromRoute({ voice: id, ...overrides }: RouteTarget): Target {
  const named = splitVoiceId(id);
  if (!named) throw noSuchVoice(id);
  return { ...overrides, ...named };
}

function voiceTarget(id: string, model: string | undefined, table: RoutingTable): Target {
  const named = splitVoiceId(id);
  if (!named) throw noSuchVoice(id);
  return providerTarget(named.provider, named.voice, model, table);
}

function providerTarget(provider: string, voice: string, model: string | undefined, table: RoutingTable): Target {
  if (!table.providers.has(provider)) {
    throw new SpeechError('not_found', `There is no provider "${provider}"; GET /v1/voices lists what can be asked.`, {
      param: 'voice',
    });
  }
  return model === undefined ? { provider, voice } : { provider, voice, model };
}

function noSuchVoice(name: string): SpeechError {
  return new SpeechError(
    'not_found',
    `"${name}" is neither a route nor a voice id (provider/voice); GET /v1/voices lists the voices.`,
    { param: 'voice' },
  );
}
