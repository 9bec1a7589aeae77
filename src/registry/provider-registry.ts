import type { Log } from '../core/call-context.js';
import type { HostFactory } from '../core/host.js';
import type { Provider, ProviderDefinition } from '../core/provider.js';

/** A provider as the operator configured it; its own options are beside `type`, `enabled` and `policies`. */
export interface ProviderEntry {
  readonly type: string;
  readonly enabled?: boolean | 'auto';
  readonly [option: string]: unknown;
}

/** What became of one configured provider. `reason` says why it is not there. */
export interface RegisteredProvider {
  readonly id: string;
  readonly type: string;
  readonly provider?: Provider;
  readonly reason?: string;
}

export interface ProviderRegistryOptions {
  readonly definitions: readonly ProviderDefinition[];
  readonly hosts: HostFactory;
  readonly log: Log;
}

/** The configured providers of one configuration, by the operator's names. */
export class ProviderRegistry {
  private constructor(private readonly entries: ReadonlyMap<string, RegisteredProvider>) {}

  /** Never throws for a provider that cannot run: it is listed with its reason, and the others speak. */
  static async open(
    configured: Readonly<Record<string, ProviderEntry>>,
    options: ProviderRegistryOptions,
  ): Promise<ProviderRegistry> {
    const opened = await Promise.all(Object.entries(configured).map(([id, entry]) => openOne(id, entry, options)));
    return new ProviderRegistry(new Map(opened.map((entry) => [entry.id, entry])));
  }

  get(id: string): Provider | undefined {
    return this.entries.get(id)?.provider;
  }

  /** All configured providers, those that are not there too, in the order of the configuration. */
  list(): readonly RegisteredProvider[] {
    return [...this.entries.values()];
  }

  /** Those that can be asked. */
  providers(): readonly Provider[] {
    return this.list().flatMap(({ provider }) => (provider ? [provider] : []));
  }

  async close(): Promise<void> {
    await Promise.all(this.providers().map((provider) => provider.close()));
  }
}

async function openOne(
  id: string,
  { type, enabled = true, policies: _gatewayKey, ...own }: ProviderEntry,
  { definitions, hosts, log }: ProviderRegistryOptions,
): Promise<RegisteredProvider> {
  const definition = definitions.find(({ manifest }) => manifest.type === type);
  if (!definition) return { id, type, reason: `there is no provider type "${type}"` };
  if (enabled === false) return { id, type, reason: 'disabled in the configuration' };
  const options = definition.options.parse(own);
  const reason = definition.unavailable?.(options);
  if (reason !== undefined) {
    if (enabled === true) log.warn({ provider: id, type, reason }, 'provider is not available');
    return { id, type, reason };
  }
  try {
    return { id, type, provider: await definition.create(options, { id, hosts, log }) };
  } catch (error) {
    log.error({ provider: id, type, err: error }, 'provider could not be opened');
    return { id, type, reason: error instanceof Error ? error.message : String(error) };
  }
}
