import type { AudioEncoding } from './audio-format.js';
import type { Log } from './call-context.js';
import type { HostFactory } from './host.js';
import type { SpeechHandler } from './speech-handler.js';
import type { TimingKind } from './speech-part.js';
import type { Voice } from './voice.js';

/** What a provider type can do. The conformance suite exercises every claim made here. */
export interface ProviderManifest {
  /** The `type` in the config; also the folder's name. */
  readonly type: string;
  readonly title: string;
  /** Where the work happens: this process, a forked host, or a server reached over the network. */
  readonly wire: 'in-process' | 'host' | 'http' | 'websocket';
  /** Encodings it hands out by itself, the preferred one first. */
  readonly formats: readonly AudioEncoding[];
  readonly textStreaming: boolean;
  readonly ssml: boolean;
  readonly timings: readonly TimingKind[];
  /** Wishes it honours; the gateway warns about the others. */
  readonly honours: readonly ('speed' | 'pitch' | 'volume' | 'instructions' | 'voice_description')[];
  /** Its protocol marks the end of the audio, so that a cut is told from an end. */
  readonly endMarker: boolean;
  /** The same request gives the same bytes. */
  readonly deterministic: boolean;
  /** `sentence` (default): asked sentence by sentence, so that the first is heard soonest; `request`: for the whole text. */
  readonly segmentBy?: 'sentence' | 'request';
  /** Longest text of one call in UTF-16 units; longer segments are split before they reach it. */
  readonly maxCharacters: number;
}

export interface ProviderHealth {
  readonly state: 'ok' | 'degraded' | 'down';
  readonly reason?: string;
  /** Where it computes, if it does so itself: `cpu`, `cuda`. */
  readonly device?: string;
  readonly modelLoaded?: boolean;
  /** Figures and findings for operators: queues, models, files that were refused. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** One configured source of speech. `speak` obeys the stream contract of `SpeechHandler`. */
export interface Provider {
  /** The operator's name for it. */
  readonly id: string;
  readonly manifest: ProviderManifest;
  /** All voices, each with honest metadata. May reach for the network; the catalogue caches the answer. */
  voices(signal: AbortSignal): Promise<readonly Voice[]>;
  /**
   * One request for one voice of this provider: `request.voice` is the provider's own voice id.
   * Throws `not_found` for an unknown voice and `unsupported` for a value it cannot speak, before any audio.
   */
  readonly speak: SpeechHandler;
  /** Never pays for synthesis. */
  health(): Promise<ProviderHealth>;
  close(): Promise<void>;
}

export interface ProviderContext {
  readonly id: string;
  readonly hosts: HostFactory;
  readonly log: Log;
}

/** The one thing a schema must do here; zod schemas fit. */
export interface OptionsSchema<Options> {
  parse(value: unknown): Options;
}

export interface ProviderDefinition<Options = unknown> {
  readonly manifest: ProviderManifest;
  /** The provider's own keys in the config, beside `type` and `enabled`. */
  readonly options: OptionsSchema<Options>;
  /** Why it cannot run on this machine or with these options (a package or a key is missing); undefined when it can. */
  unavailable?(options: Options): string | undefined;
  create(options: Options, context: ProviderContext): Promise<Provider>;
}

/** Types a definition by its own options and hands it on as the registry keeps it. */
export function defineProvider<Options>(definition: ProviderDefinition<Options>): ProviderDefinition {
  return definition;
}
