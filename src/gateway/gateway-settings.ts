import type { GatewayConfig } from '../config/gateway-config.js';
import type { ProviderRegistry } from '../registry/provider-registry.js';
import type { VoiceCatalogue } from '../registry/voice-catalogue.js';
import type { RoutingTable } from '../routing/target.js';
import type { ProviderGuards } from './provider-guards.js';

export type ProviderPolicies = GatewayConfig['policies'];

/** One configuration, opened: what a speech needs of it. */
export interface GatewaySettings {
  readonly routing: RoutingTable;
  readonly providers: ProviderRegistry;
  readonly catalogue: VoiceCatalogue;
  readonly guards: ProviderGuards;
  readonly limits: GatewayConfig['limits'];
  /** The policies for one provider: its own over the common ones. */
  policies(provider: string): ProviderPolicies;
}
