import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { format } from 'prettier';

import { configJsonSchema } from '../src/config/config-json-schema.js';
import type { OptionsSchema } from '../src/core/provider.js';
import { builtinProviders } from '../src/registry/builtin-providers.js';

const file = fileURLToPath(new URL('../config/schema.json', import.meta.url));
const types = new Map<string, OptionsSchema<unknown>>(
  builtinProviders.map(({ manifest, options }) => [manifest.type, options]),
);
const text = await format(JSON.stringify(configJsonSchema(types)), { parser: 'json', printWidth: 120 });

if (!process.argv.includes('--check')) {
  await writeFile(file, text);
} else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
  console.error('config/schema.json is not what the schemas say; run: npm run generate');
  process.exitCode = 1;
}
