import { setTimeout as sleep } from 'node:timers/promises';
import type { HostPoolStats } from '../core/host.js';
import type { ProviderHealth } from '../core/provider.js';
import { splitVoiceId } from '../routing/target.js';
import type { ActiveSpeeches } from './active-speeches.js';
import type { GatewaySettings } from './gateway-settings.js';

const READY_POLL_MS = 25;

export interface ProviderStatus extends ProviderHealth {
  readonly id: string;
  readonly type: string;
}

export interface GatewayHealth {
  readonly status: 'ok' | 'degraded' | 'draining' | 'down';
  readonly modelLoaded: boolean;
  readonly device: string;
  readonly uptimeSeconds: number;
  readonly activeSpeeches: number;
  readonly queueDepth: number;
  readonly providers: readonly ProviderStatus[];
}

export interface GatewayStatusOptions {
  readonly settings: () => GatewaySettings;
  readonly active: ActiveSpeeches;
  readonly hosts: () => Readonly<Record<string, HostPoolStats>>;
}

/** What probes are told. Nothing here pays for synthesis. */
export class GatewayStatus {
  constructor(private readonly options: GatewayStatusOptions) {}

  /** Why the gateway cannot speak its default route; undefined when it can. */
  async unready(): Promise<string | undefined> {
    if (this.options.active.draining) return 'draining';
    const { routing } = this.options.settings();
    const targets = routing.routes['default']?.targets ?? [];
    const providers = new Set(targets.map(({ voice }) => splitVoiceId(voice)?.provider ?? ''));
    const states = await Promise.all([...providers].map((id) => this.provider(id)));
    if (states.some(({ state, modelLoaded }) => state !== 'down' && modelLoaded !== false)) return undefined;
    return `no target of the default route is usable: ${states.map(({ id, reason }) => `${id}: ${reason ?? 'down'}`).join('; ')}`;
  }

  /** Waits while engines are being loaded, at most `limitMs`. Resolves with why the default route cannot speak. */
  async ready(limitMs: number): Promise<string | undefined> {
    const until = performance.now() + limitMs;
    while (performance.now() < until && (await this.loading())) await sleep(READY_POLL_MS);
    return this.unready();
  }

  private async loading(): Promise<boolean> {
    const providers = this.options.settings().providers.providers();
    const states = await Promise.all(providers.map((provider) => provider.health()));
    return states.some(({ state, modelLoaded }) => state === 'degraded' && modelLoaded === false);
  }

  async health(): Promise<GatewayHealth> {
    const { providers } = this.options.settings();
    const states = await Promise.all(providers.list().map(({ id }) => this.provider(id)));
    const unready = await this.unready();
    const running = states.filter(({ state }) => state !== 'down');
    const pools = Object.values(this.options.hosts());
    return {
      status: this.overall(states, unready),
      modelLoaded: running.some(({ modelLoaded }) => modelLoaded === true),
      device: running.find(({ device }) => device !== undefined)?.device ?? 'cpu',
      uptimeSeconds: Math.round(process.uptime()),
      activeSpeeches: this.options.active.size,
      queueDepth: pools.reduce((sum, { queued }) => sum + queued, 0),
      providers: states,
    };
  }

  private overall(states: readonly ProviderStatus[], unready: string | undefined): GatewayHealth['status'] {
    if (this.options.active.draining) return 'draining';
    if (unready !== undefined) return 'down';
    return states.every(({ state }) => state === 'ok') ? 'ok' : 'degraded';
  }

  private async provider(id: string): Promise<ProviderStatus> {
    const entry = this.options
      .settings()
      .providers.list()
      .find((candidate) => candidate.id === id);
    if (!entry?.provider) {
      return { id, type: entry?.type ?? '', state: 'down', reason: entry?.reason ?? 'not configured' };
    }
    return { id, type: entry.type, ...(await entry.provider.health()) };
  }
}
