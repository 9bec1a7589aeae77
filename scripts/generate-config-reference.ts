import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { format } from 'prettier';

import { configJsonSchema } from '../src/config/config-json-schema.js';
import type { OptionsSchema } from '../src/core/provider.js';
import { builtinProviders } from '../src/registry/builtin-providers.js';

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

const INTRO = `# Configuration

One YAML file: \`TTS_CONFIG\`, by default \`config/gateway.yaml\`, which is commented key by key. \`\${NAME}\` and
\`\${NAME:-default}\` take values from the environment. A mistake is told with its path and line, and the server does not
start. \`HOST\`, \`PORT\` and \`LOG_LEVEL\` win over the file. This page is made from the schemas by \`npm run generate\`.
`;

function kind(schema: Schema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(' ');
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.anyOf) return schema.anyOf.map(kind).join(' or ');
  if (schema.type === 'array') return `list of ${schema.items ? kind(schema.items) : 'values'}`;
  const { minimum, maximum } = schema;
  const low = minimum === undefined || minimum < -1e15 ? '' : ` ≥ ${minimum}`;
  const high = maximum === undefined || maximum > 1e15 ? '' : ` ≤ ${maximum}`;
  return `${schema.type ?? 'value'}${low}${high}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function table(properties: Readonly<Record<string, Schema>>, prefix: string): string {
  const rows = Object.entries(properties).map(([key, schema]) => {
    const fallback = schema.default === undefined ? '' : `\`${JSON.stringify(schema.default)}\``;
    const shown = fallback.length > 80 ? 'see the file' : fallback;
    return `| \`${prefix}${key}\` | ${cell(kind(schema))} | ${cell(shown)} | ${cell(schema.description ?? '')} |`;
  });
  return ['| key | values | default | what it does |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

const types = new Map<string, OptionsSchema<unknown>>(
  builtinProviders.map(({ manifest, options }) => [manifest.type, options]),
);
const schema = configJsonSchema(types) as Schema;
const sections = Object.entries(schema.properties ?? {}).map(([name, section]) => {
  const lead = section.description ? `${section.description}\n\n` : '';
  return `## ${name}\n\n${lead}${section.properties ? table(section.properties, `${name}.`) : ''}`;
});
const file = fileURLToPath(new URL('../docs/configuration.md', import.meta.url));
const text = await format([INTRO, ...sections].join('\n\n'), { parser: 'markdown', printWidth: 120 });

if (!process.argv.includes('--check')) {
  await writeFile(file, text);
} else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
  console.error('docs/configuration.md is not what the schemas say; run: npm run generate');
  process.exitCode = 1;
}
