import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTranscoder, type Transcoder } from '../audio/transcoder.js';
import { DiskClipStore } from '../cache/disk-clip-store.js';
import { MemoryClipStore } from '../cache/memory-clip-store.js';
import { SpeechCache } from '../cache/speech-cache.js';
import { TieredClipStore } from '../cache/tiered-clip-store.js';
import type { GatewayConfig, RouteConfig } from '../config/gateway-config.js';
import type { Log } from '../core/call-context.js';
import type { HostPoolStats } from '../core/host.js';
import type { ProviderDefinition } from '../core/provider.js';
import { createHostFactory, type HostRegistry } from '../hosts/host-factory.js';
import { builtinProviders } from '../registry/builtin-providers.js';
import { ProviderRegistry } from '../registry/provider-registry.js';
import { VoiceCatalogue } from '../registry/voice-catalogue.js';
import type { AudioSpool } from '../sessions/audio-spool.js';
import { DiskAudioSpool } from '../sessions/disk-audio-spool.js';
import { MemorySessionStore } from '../sessions/memory-session-store.js';
import type { SessionStore } from '../sessions/session-store.js';
import { ActiveSpeeches } from './active-speeches.js';
import type { CacheResult } from '../core/speech-part.js';
import type { Route } from '../routing/target.js';
import type { GatewaySettings, ProviderPolicies } from './gateway-settings.js';
import { ProviderGuards, type GuardObserver } from './provider-guards.js';
import type { FlowObserver } from './speech-flow.js';
import { GatewayStatus } from './gateway-status.js';
import { SpeechGateway } from './speech-gateway.js';
import type { SpeechObserver } from './speech-report.js';
import { SpeechSessions } from './speech-sessions.js';
import { VoiceLibrary } from './voice-library.js';

/** Who is told what happens; every call must be cheap and must not throw. */
export interface GatewayObservers extends SpeechObserver, FlowObserver, GuardObserver {
  cacheAnswered(result: CacheResult): void;
  hostRestarted(pool: string): void;
  hostWaited(pool: string, waitMs: number): void;
}

/** For a gateway that nobody watches: the command line's own. */
export const unwatched: GatewayObservers = {
  started() {},
  ended() {},
  hostRestarted() {},
  hostWaited() {},
  attempted() {},
  seamed() {},
  hedged() {},
  breakerChanged() {},
  slotWaited() {},
  cacheAnswered() {},
};

export interface OpenGatewayOptions {
  readonly config: GatewayConfig;
  readonly log: Log;
  readonly observers: GatewayObservers;
  /** Provider types that the configuration may name; default: the built-in ones. */
  readonly definitions?: readonly ProviderDefinition[];
  /** Start now what is otherwise started by the first speech that needs it. */
  readonly warm?: boolean;
}

/** A gateway without doors: everything that the doors, the command line and the tests call. */
export interface OpenGateway {
  readonly config: GatewayConfig;
  readonly settings: () => GatewaySettings;
  readonly sessions: SpeechSessions;
  readonly voices: VoiceLibrary;
  readonly status: GatewayStatus;
  readonly active: ActiveSpeeches;
  readonly hosts: () => Readonly<Record<string, HostPoolStats>>;
  /** Refuses new speeches and lets the running ones end for `drainMs`; those whose reader has left end at once. */
  drain(drainMs: number): Promise<void>;
  /** Ends what still speaks, then stops every process and closes every file. */
  close(): Promise<void>;
}

/** Records of sessions held in memory at most. */
const MAX_SESSIONS = 100_000;

/** Opens providers, hosts and stores of one configuration, and puts the gateway together. */
export async function openGateway(options: OpenGatewayOptions): Promise<OpenGateway> {
  const { config, log, observers, definitions = builtinProviders } = options;
  const hosts = openHosts(log, observers);
  const [providers, spool] = await Promise.all([
    ProviderRegistry.open(config.providers, { definitions, hosts, log }),
    DiskAudioSpool.open({
      dir: config.sessions.spool_dir || join(tmpdir(), 'tts-gateway'),
      maxBytes: config.sessions.spool_bytes,
    }),
  ]);
  const guards = new ProviderGuards((id) => policiesOf(config, id), observers);
  const opened = openSettings(config, providers, guards, log);
  const cache = await openCache(config, log, observers);
  const settings = (): GatewaySettings => opened;
  const transcoder = createTranscoder({ hosts, log });
  if (options.warm) warmUp(transcoder, opened.catalogue, log);
  const active = new ActiveSpeeches(() => config.limits.speeches);
  const gateway = new SpeechGateway({ settings, transcoder, active, cache, observer: observers });
  const { sessions, store } = openSessions(config, gateway, active, spool);
  return {
    config,
    settings,
    sessions,
    voices: new VoiceLibrary(settings),
    status: new GatewayStatus({ settings, active, hosts: () => hosts.stats() }),
    active,
    hosts: () => hosts.stats(),
    drain: (drainMs) => {
      sessions.endSuspended();
      return active.drain(drainMs);
    },
    close: async () => {
      sessions.endSuspended();
      await active.drain(0);
      await providers.close();
      guards.close();
      await Promise.all([cache?.close(), hosts.close(), store.close(), spool.close()]);
    },
  };
}

function openHosts(log: Log, observers: GatewayObservers): HostRegistry {
  return createHostFactory({
    log,
    onRestart: (pool) => observers.hostRestarted(pool),
    onQueueWait: (pool, waitMs) => observers.hostWaited(pool, waitMs),
  });
}

function warmUp(transcoder: Transcoder, catalogue: VoiceCatalogue, log: Log): void {
  transcoder.ready().catch((error: unknown) => log.error({ err: error }, 'codec hosts are not ready'));
  void catalogue.list(); // so that an unknown voice is refused before its provider is asked
}

function openSessions(
  config: GatewayConfig,
  gateway: SpeechGateway,
  active: ActiveSpeeches,
  spool: AudioSpool,
): { sessions: SpeechSessions; store: SessionStore } {
  const store = new MemorySessionStore({ maxRecords: MAX_SESSIONS, onEvicted: (id) => sessions.forget(id) });
  const sessions = new SpeechSessions({
    gateway,
    active,
    store,
    spool,
    ttlMs: () => config.sessions.ttl_s * 1000,
    resumeWindowMs: () => config.sessions.resume_window_s * 1000,
    maxUnreadBytes: () => config.limits.bytes_per_speech,
    feed: () => ({
      maxCharacters: config.limits.max_characters,
      idleMs: config.limits.text_idle_ms,
      abandonedMs: config.limits.text_abandoned_ms,
    }),
  });
  return { sessions, store };
}

/** Nothing where it may hold nothing. */
async function openCache(
  config: GatewayConfig,
  log: Log,
  observers: GatewayObservers,
): Promise<SpeechCache | undefined> {
  const { memory_bytes: maxBytes, disk_dir: dir, disk_bytes, ttl_s } = config.cache;
  if (maxBytes === 0) return undefined;
  const ttlMs = ttl_s * 1000;
  const memory = new MemoryClipStore({ maxBytes, ttlMs });
  const store =
    dir === ''
      ? memory
      : new TieredClipStore(memory, await DiskClipStore.open({ dir, maxBytes: disk_bytes, ttlMs, log }));
  const spoolDir = join(config.sessions.spool_dir || join(tmpdir(), 'tts-gateway'), 'shared');
  return SpeechCache.open({ store, spoolDir, log, onResult: (result) => observers.cacheAnswered(result) });
}

function openSettings(
  config: GatewayConfig,
  providers: ProviderRegistry,
  guards: ProviderGuards,
  log: Log,
): GatewaySettings {
  const running = providers.providers();
  const catalogue = new VoiceCatalogue({ providers: running, log });
  return {
    routing: {
      providers: new Set(running.map(({ id }) => id)),
      routes: Object.fromEntries(Object.entries(config.routes).map(([alias, route]) => [alias, toRoute(route)])),
      openaiModels: config.openai.models,
      openaiVoices: config.openai.voices,
    },
    providers,
    guards,
    catalogue,
    limits: config.limits,
    policies: (id) => policiesOf(config, id),
  };
}

function toRoute({ hedge_after_ms: hedgeAfterMs, ...route }: RouteConfig): Route {
  return { ...route, hedgeAfterMs };
}

function policiesOf(config: GatewayConfig, provider: string): ProviderPolicies {
  const own = config.providers[provider]?.policies ?? {};
  const named = Object.entries(own).filter(([, value]) => value !== undefined);
  return { ...config.policies, ...Object.fromEntries(named) };
}
