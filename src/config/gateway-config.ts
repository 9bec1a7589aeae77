import type { z } from 'zod';

import type { gatewaySchema } from './gateway-schema.js';

type Parsed = z.output<typeof gatewaySchema>;

/** One provider as it stands in the file, its own options beside `type`; they have passed the schema of that type. */
export interface ProviderConfig {
  readonly type: string;
  readonly enabled: boolean | 'auto';
  readonly policies?: Parsed['providers'][string]['policies'];
  readonly [option: string]: unknown;
}

export type RouteConfig = Parsed['routes'][string];

/** The whole configuration, under the names of the file, with every default filled in. Frozen. */
export interface GatewayConfig extends Omit<Parsed, 'providers' | 'openai'> {
  readonly providers: Readonly<Record<string, ProviderConfig>>;
  readonly openai: Parsed['openai'] & { readonly voices: Readonly<Record<string, string>> };
}
