import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTranscoder } from '../audio/transcoder.js';
import type { GatewayConfig } from '../config/gateway-config.js';
import type { Log } from '../core/call-context.js';
import type { HostPoolStats } from '../core/host.js';
import type { ProviderDefinition } from '../core/provider.js';
import { createHostFactory } from '../hosts/host-factory.js';
import { builtinProviders } from '../registry/builtin-providers.js';
import { ProviderRegistry } from '../registry/provider-registry.js';
import { VoiceCatalogue } from '../registry/voice-catalogue.js';
import type { AudioSpool } from '../sessions/audio-spool.js';
import { DiskAudioSpool } from '../sessions/disk-audio-spool.js';
import { MemorySessionStore } from '../sessions/memory-session-store.js';
import type { SessionStore } from '../sessions/session-store.js';
import { ActiveSpeeches } from './active-speeches.js';
import type { GatewaySettings } from './gateway-settings.js';
import { GatewayStatus } from './gateway-status.js';
import { SpeechGateway } from './speech-gateway.js';
import type { SpeechObserver } from './speech-report.js';
import { SpeechSessions } from './speech-sessions.js';
import { VoiceLibrary } from './voice-library.js';

/** Who is told what happens; every call must be cheap and must not throw. */
export interface GatewayObservers extends SpeechObserver {
  hostRestarted(pool: string): void;
  hostWaited(pool: string, waitMs: number): void;
}

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
  /** Refuses new speeches, drains the running ones, then stops every process and closes every file. */
  close(drainMs?: number): Promise<void>;
}

/** Records of sessions held in memory at most. */
const MAX_SESSIONS = 100_000;

/** Opens providers, hosts and stores of one configuration, and puts the gateway together. */
export async function openGateway(options: OpenGatewayOptions): Promise<OpenGateway> {
  const { config, log, observers, definitions = builtinProviders } = options;
  const hosts = createHostFactory({
    log,
    onRestart: (pool) => observers.hostRestarted(pool),
    onQueueWait: (pool, waitMs) => observers.hostWaited(pool, waitMs),
  });
  const [providers, spool] = await Promise.all([
    ProviderRegistry.open(config.providers, { definitions, hosts, log }),
    DiskAudioSpool.open({
      dir: config.sessions.spool_dir || join(tmpdir(), 'tts-gateway'),
      maxBytes: config.sessions.spool_bytes,
    }),
  ]);
  const opened = openSettings(config, providers, log);
  const settings = (): GatewaySettings => opened;
  const transcoder = createTranscoder({ hosts, log });
  if (options.warm)
    transcoder.ready().catch((error: unknown) => log.error({ err: error }, 'codec hosts are not ready'));
  const active = new ActiveSpeeches(() => config.limits.speeches);
  const gateway = new SpeechGateway({ settings, transcoder, active, observer: observers });
  const { sessions, store } = openSessions(config, gateway, active, spool);
  return {
    config,
    settings,
    sessions,
    voices: new VoiceLibrary(settings),
    status: new GatewayStatus({ settings, active, hosts: () => hosts.stats() }),
    active,
    hosts: () => hosts.stats(),
    close: async (drainMs = 0) => {
      await active.drain(drainMs);
      await providers.close();
      await Promise.all([hosts.close(), store.close(), spool.close()]);
    },
  };
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

function openSettings(config: GatewayConfig, providers: ProviderRegistry, log: Log): GatewaySettings {
  const running = providers.providers();
  const catalogue = new VoiceCatalogue({ providers: running, log });
  return {
    routing: {
      providers: new Set(running.map(({ id }) => id)),
      routes: config.routes,
      openaiModels: config.openai.models,
      openaiVoices: config.openai.voices,
    },
    providers,
    catalogue,
    limits: config.limits,
    policies: (id) => policiesOf(config, id),
  };
}

function policiesOf(config: GatewayConfig, provider: string): GatewayConfig['policies'] {
  const own = config.providers[provider]?.policies;
  const common = config.policies;
  return {
    deadline_ms: own?.deadline_ms ?? common.deadline_ms,
    first_audio_ms: own?.first_audio_ms ?? common.first_audio_ms,
    inter_chunk_ms: own?.inter_chunk_ms ?? common.inter_chunk_ms,
  };
}
