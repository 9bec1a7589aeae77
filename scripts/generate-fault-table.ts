import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { format } from 'prettier';

import { describeFaults } from '../test/faults/matrix/describe-faults.js';

const file = fileURLToPath(new URL('../docs/faults.md', import.meta.url));
const text = await format(describeFaults(), { parser: 'markdown', printWidth: 120 });

if (!process.argv.includes('--check')) {
  await writeFile(file, text);
} else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
  console.error('docs/faults.md is not what the matrix of faults says; run: npm run generate');
  process.exitCode = 1;
}
