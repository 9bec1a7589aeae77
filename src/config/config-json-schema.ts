import { z } from 'zod';

import { gatewaySchema, PROVIDER_KEYS } from './gateway-schema.js';
import type { ProviderOptions } from './provider-findings.js';
import { withStrictKeys } from './provider-findings.js';

type JsonSchema = Record<string, unknown>;

/** JSON schema (draft 2020-12) of the config file, the options of each provider type included, for editors. */
export function configJsonSchema(types: ProviderOptions): JsonSchema {
  const schema: JsonSchema = jsonSchemaOf(gatewaySchema);
  const providers = (schema['properties'] as Record<string, JsonSchema>)['providers'];
  if (providers === undefined) throw new Error('the schema has no section "providers"');
  providers['additionalProperties'] = { anyOf: [...types].map(([type, options]) => providerSchema(type, options)) };
  return { title: 'Configuration of the TTS gateway', ...schema };
}

function providerSchema(type: string, options: unknown): JsonSchema {
  const strict = withStrictKeys(options as Parameters<typeof withStrictKeys>[0]);
  if (!(strict instanceof z.ZodObject)) throw new Error(`the options of provider type "${type}" are no zod object`);
  const schema = jsonSchemaOf(strict.safeExtend({ ...PROVIDER_KEYS, type: z.literal(type) }));
  delete schema['$schema'];
  return { title: type, ...schema };
}

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', override: ({ jsonSchema }) => allowEnvironment(jsonSchema) });
}

// A number or a boolean may also be written as "${NAME}".
function allowEnvironment(jsonSchema: z.core.JSONSchema.BaseSchema): void {
  if (jsonSchema.type !== 'integer' && jsonSchema.type !== 'number' && jsonSchema.type !== 'boolean') return;
  const { description, default: standard, ...value } = jsonSchema;
  for (const key of Object.keys(value)) delete jsonSchema[key];
  jsonSchema.anyOf = [value, { type: 'string', pattern: '\\$\\{.+\\}' }];
  if (description !== undefined) jsonSchema.description = description;
  if (standard !== undefined) jsonSchema.default = standard;
}
