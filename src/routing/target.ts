/** One way to speak a request: a voice of a provider, with what the route's operator overrides. */
export interface Target {
  /** The operator's name of the provider. */
  readonly provider: string;
  /** The provider's own voice id. */
  readonly voice: string;
  readonly model?: string | undefined;
  readonly speed?: number | undefined;
  readonly pitch?: number | undefined;
  readonly volume?: number | undefined;
}

/** A target as an operator writes it: the voice is a full voice id, `provider/voice`. */
export interface RouteTarget {
  readonly voice: string;
  readonly model?: string | undefined;
  readonly speed?: number | undefined;
  readonly pitch?: number | undefined;
  readonly volume?: number | undefined;
}

export interface Route {
  readonly targets: readonly RouteTarget[];
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
