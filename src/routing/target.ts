/** What the route's operator overrides for one target, and what the strategies go by. */
export interface TargetOverrides {
  readonly model?: string | undefined;
  readonly speed?: number | undefined;
  readonly pitch?: number | undefined;
  readonly volume?: number | undefined;
  /** The provider's own options, over those of the request. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  /** For `weighted`; default 1, 0 is only asked when the others cannot. */
  readonly weight?: number | undefined;
  /** For `cheapest`: per million characters, in the operator's currency. */
  readonly price?: number | undefined;
}

/** One way to speak a request: a voice of a provider, with what the route's operator overrides. */
export interface Target extends TargetOverrides {
  /** The operator's name of the provider. */
  readonly provider: string;
  /** The provider's own voice id. */
  readonly voice: string;
}

/** A target as an operator writes it: the voice is a full voice id, `provider/voice`. */
export interface RouteTarget extends TargetOverrides {
  readonly voice: string;
}

export const STRATEGIES = ['priority', 'weighted', 'fastest', 'cheapest'] as const;
export type Strategy = (typeof STRATEGIES)[number];

export interface RouteBehaviour {
  /** Default `priority`: in the order of the list. */
  readonly strategy?: Strategy | undefined;
  readonly continuation?: 'segment' | 'word' | 'off' | undefined;
  /** No audio by then: the next target starts too. */
  readonly hedgeAfterMs?: number | undefined;
}

export interface Route extends RouteBehaviour {
  readonly targets: readonly RouteTarget[];
}

/** A route with its targets taken apart; a voice that was named is a route of one target. */
export interface ResolvedRoute extends RouteBehaviour {
  readonly targets: readonly Target[];
}

/** The part of the configuration that names lead through. */
export interface RoutingTable {
  /** The operator's names of the providers that can be asked now. */
  readonly providers: ReadonlySet<string>;
  /** By alias; `default` is always there. */
  readonly routes: Readonly<Record<string, Route>>;
  /** What an OpenAI client may call things: a model (or a prefix ending in `*`) → route, provider or voice id. */
  readonly openaiModels: Readonly<Record<string, string>>;
  /** An OpenAI voice name → route or voice id. */
  readonly openaiVoices: Readonly<Record<string, string>>;
}

/** Splits `provider/voice` at the first slash; undefined when there is none. */
export function splitVoiceId(id: string): { provider: string; voice: string } | undefined {
  const slash = id.indexOf('/');
  return slash > 0 && slash < id.length - 1 ? { provider: id.slice(0, slash), voice: id.slice(slash + 1) } : undefined;
}

/** The full voice id of a target. */
export function targetId({ provider, voice }: Target): string {
  return `${provider}/${voice}`;
}

/** Names a target in the books on latency: the same voice and model are one, whatever their speed. */
export function latencyKey(target: Target): string {
  return target.model === undefined ? targetId(target) : `${targetId(target)}@${target.model}`;
}
