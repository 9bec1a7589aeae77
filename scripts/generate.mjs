import { ensureInstalled } from './ensure-installed.mjs';
import { root, run } from './run.mjs';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** In this order: the config's schema is made from the registry. Each takes `--check` and then writes nothing. */
const GENERATORS = [
  'generate-providers.mjs',
  'generate-config-schema.ts',
  'generate-config-reference.ts',
  'generate-fault-table.ts',
];

await ensureInstalled();
let failed = false;
for (const generator of GENERATORS) {
  const script = join('scripts', generator);
  if (!existsSync(join(root, script))) throw new Error(`${script} is missing.`);
  const { code } = await run(process.execPath, ['--import', 'tsx', script, ...process.argv.slice(2)]);
  failed ||= code !== 0;
}
process.exitCode = failed ? 1 : 0;
