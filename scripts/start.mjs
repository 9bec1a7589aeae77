import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { requireNode } from './require-node.mjs';
import { root } from './run.mjs';

requireNode();

try {
  const { ensureInstalled } = await import('./ensure-installed.mjs');
  await ensureInstalled();
  const { ensureBuilt } = await import('./build.mjs');
  await ensureBuilt();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

// In this very process: signals, exit code and standard streams are the gateway's own.
const main = join(root, 'dist', 'src', 'main.js');
process.argv = [process.argv[0], main, 'serve', ...process.argv.slice(2)];
await import(pathToFileURL(main).href);
