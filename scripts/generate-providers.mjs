import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { format } from 'prettier';

import { filesBelow } from './source-files.mjs';
import { root } from './run.mjs';

const FILE = 'src/registry/builtin-providers.ts';

/** Every folder of providers/ with an index, but for those that begin with `_`. */
const types = filesBelow('providers').flatMap((path) => /^providers\/([^_/][^/]*)\/index\.ts$/.exec(path)?.[1] ?? []);

/** A folder's name as the name of a variable: `eleven-labs` is `elevenLabs`. */
const variable = (type) => type.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

const text = await format(
  `// Written by scripts/generate-providers.mjs from the folders of providers/; do not edit.
${types.map((type) => `import ${variable(type)} from '../../providers/${type}/index.js';`).join('\n')}
import type { ProviderDefinition } from '../core/provider.js';

/** Every provider type that is built in, by the name of its folder. */
export const builtinProviders: readonly ProviderDefinition[] = [${types.map(variable).join(', ')}];
`,
  { ...JSON.parse(readFileSync(join(root, '.prettierrc.json'), 'utf8')), parser: 'typescript' },
);

const file = join(root, FILE);
if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
  console.error(`${FILE} is not what the folders of providers/ say; run: npm run generate`);
  process.exitCode = 1;
}
