import { z } from 'zod';

import type { OptionsSchema } from '../core/provider.js';
import { didYouMean } from './closest-name.js';
import { PROVIDER_KEYS } from './gateway-schema.js';
import { isRecord } from './is-record.js';
import type { RawConfig } from './raw-config.js';
import { schemaFindings } from './schema-findings.js';
import type { Finding } from './schema-findings.js';

export type ProviderOptions = ReadonlyMap<string, OptionsSchema<unknown>>;

/** Providers of a type that does not exist, and options that their type does not take. */
export function providerFindings(raw: RawConfig, providers: unknown, types: ProviderOptions): Finding[] {
  if (!isRecord(providers)) return [];
  return Object.entries(providers).flatMap(([id, entry]) => {
    if (!isRecord(entry) || typeof entry['type'] !== 'string') return [];
    const { type } = entry;
    const options = types.get(type);
    if (options !== undefined) return optionFindings(id, entry, options);
    const path = ['providers', id, 'type'];
    const known = [...types.keys()].join(', ');
    const hint = didYouMean(type, types.keys());
    return [{ path, message: `there is no provider type ${raw.show(path, type)}; there are ${known}.${hint}` }];
  });
}

function optionFindings(id: string, entry: Record<string, unknown>, options: OptionsSchema<unknown>): Finding[] {
  const own = Object.fromEntries(Object.entries(entry).filter(([key]) => !Object.hasOwn(PROVIDER_KEYS, key)));
  const schema = withStrictKeys(options);
  try {
    schema.parse(own);
    return [];
  } catch (error) {
    // Hints for a mistyped `enabled` must come too, although it is not the provider's own key.
    const hinted = schema instanceof z.ZodObject ? schema.safeExtend(PROVIDER_KEYS) : schema;
    return schemaFindings(error, hinted, ['providers', id]);
  }
}

/** A mistyped option must not be ignored because its provider's schema forgot to be strict. */
export function withStrictKeys(options: OptionsSchema<unknown>): OptionsSchema<unknown> {
  return options instanceof z.ZodObject && options.def.catchall === undefined ? options.strict() : options;
}
