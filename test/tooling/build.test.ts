import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { Checkout } from './checkout.js';

let checkout: Checkout;
beforeEach(async () => {
  checkout = await Checkout.create({
    'src/main.ts': "import { word } from './word.js';\nconsole.log(word, ...process.argv.slice(2));\n",
    'src/word.ts': "export const word: string = 'one';\n",
    'src/word.test.ts': 'export {};\n',
    'providers/acme/table.json': '{}',
    'providers/acme/fixtures/big.json': '{}',
    'web/index.html': '<p>',
  });
});
afterEach(() => checkout.remove());

const exists = (path: string) =>
  access(join(checkout.folder, 'dist', path)).then(
    () => true,
    () => false,
  );

it('builds what is shipped and nothing else', async () => {
  expect(await checkout.node('scripts/build.mjs')).toMatchObject({ code: 0 });
  for (const path of ['src/main.js', 'providers/acme/table.json', 'web/index.html']) {
    expect(await exists(path), path).toBe(true);
  }
  for (const path of ['src/word.test.js', 'providers/acme/fixtures/big.json']) {
    expect(await exists(path), path).toBe(false);
  }
});

it('builds at a start only what has changed, and hands the arguments on', async () => {
  const first = await checkout.node('scripts/start.mjs', '--port', '1');
  expect(first).toMatchObject({ code: 0, stdout: 'one serve --port 1\n', stderr: 'building ...\n' });
  expect(await checkout.node('scripts/start.mjs')).toMatchObject({ stdout: 'one serve\n', stderr: '' });

  await checkout.write('src/word.ts', "export const word: string = 'another';\n");
  await checkout.write('src/gone.ts', 'export {};\n');
  expect(await checkout.node('scripts/start.mjs')).toMatchObject({ stdout: 'another serve\n' });
  expect(await exists('src/gone.js')).toBe(true);
  await checkout.remove('src/gone.ts');
  await checkout.node('scripts/start.mjs');
  expect(await exists('src/gone.js')).toBe(false);
});

it('builds again what was removed from dist', async () => {
  await checkout.node('scripts/build.mjs');
  await checkout.remove('dist/src');
  await checkout.remove('dist/.build');
  expect(await checkout.node('scripts/start.mjs')).toMatchObject({ code: 0, stdout: 'one serve\n' });
});

it('is done once when two start at the same time', async () => {
  const both = await Promise.all([checkout.node('scripts/start.mjs'), checkout.node('scripts/start.mjs')]);
  expect(both.map(({ stdout }) => stdout)).toEqual(['one serve\n', 'one serve\n']);
  expect(both.filter(({ stderr }) => stderr.includes('building ...'))).toHaveLength(1);
});

it('takes over the lock of a process that died', async () => {
  const { stdout } = await checkout.node('-p', 'process.pid');
  await checkout.write('.cache/build.lock', stdout.trim());
  expect(await checkout.node('scripts/start.mjs')).toMatchObject({ code: 0, stdout: 'one serve\n' });
});

it('ends with the errors of the compiler, and does not start what they are in', async () => {
  await checkout.write('src/word.ts', 'export const word: string = 1;\n');
  for (const attempt of [1, 2]) {
    const { code, stdout } = await checkout.node('scripts/start.mjs');
    expect({ attempt, code }).toEqual({ attempt, code: 1 });
    expect(stdout).toContain('src/word.ts(1,14): error TS2322');
  }
});

it('costs a start that has nothing to build less than a tenth of a second', async () => {
  await checkout.node('scripts/build.mjs');
  await checkout.write(
    'fresh.mjs',
    `const started = performance.now();
     await (await import('./scripts/ensure-installed.mjs')).ensureInstalled();
     await (await import('./scripts/build.mjs')).ensureBuilt();
     console.log(performance.now() - started);`,
  );
  const times = [];
  for (const _ of [1, 2, 3]) times.push(Number((await checkout.node('fresh.mjs')).stdout));
  expect(Math.min(...times)).toBeLessThan(100);
  expect(await readFile(join(checkout.folder, 'dist/.build'), 'utf8')).toMatch(/^[0-9a-f]{64}$/);
});
