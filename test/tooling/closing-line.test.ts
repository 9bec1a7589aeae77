import { afterEach, beforeEach, expect, it } from 'vitest';

import { Checkout } from './checkout.js';

const PASSES = "import { it } from 'vitest';\nit('a', () => {});\nit('b', () => {});\n";
const FAILS = "import { it } from 'vitest';\nit('c', () => { throw new Error('no'); });\n";
const BROKEN = "import './nowhere.js';\n";
const LEAKS = "import { it } from 'vitest';\nit('d', () => { void Promise.reject(new Error('lost')); });\n";

let checkout: Checkout;
beforeEach(async () => {
  checkout = await Checkout.create({ 'src/main.ts': 'export {};\n' });
});
afterEach(() => checkout.remove());

async function test(files: Record<string, string>, ...args: string[]): Promise<{ code: number | null; last: string }> {
  for (const [name, text] of Object.entries(files)) await checkout.write(`test/${name}.test.ts`, text);
  const { code, stdout } = await checkout.node('scripts/test.mjs', ...args);
  return { code, last: stdout.trimEnd().split('\n').at(-1) ?? '' };
}

it.each([
  ['what passed', { a: PASSES }, 0, '2 passed, 0 failed'],
  ['what failed', { a: PASSES, b: FAILS }, 1, '2 passed, 1 failed'],
  ['a file that cannot be loaded', { a: PASSES, b: BROKEN }, 1, '2 passed, 1 failed'],
  ['no failure for an error nobody caught, yet fails', { a: PASSES, b: LEAKS }, 1, '3 passed, 0 failed'],
  ['nothing where no test ran, and fails', {}, 1, '0 passed, 0 failed'],
])('counts %s', async (_, files, code, last) => {
  expect(await test(files)).toEqual({ code, last });
});

it('hands arguments on', async () => {
  expect(await test({ a: PASSES, b: FAILS }, 'test/a')).toEqual({ code: 0, last: '2 passed, 0 failed' });
});

it('comes also when the build fails', async () => {
  await checkout.write('src/main.ts', 'export const x: string = 1;\n');
  expect(await test({ a: PASSES })).toEqual({ code: 1, last: '0 passed, 0 failed' });
});

it.each([
  ['process.exit(0)', PASSES, 0, '2 passed, 0 failed'],
  ['process.exit(1)', PASSES, 1, '2 passed, 0 failed'],
  ['process.exit(0)', FAILS, 1, '0 passed, 1 failed'],
])('is the last of .ci/run after a check that does %s', async (check, tests, code, last) => {
  await checkout.write('scripts/check.mjs', `${check};\n`);
  await checkout.write('test/a.test.ts', tests);
  const ended = await checkout.run('.ci/run', []);
  expect(ended.code).toBe(code);
  expect(ended.stdout.trimEnd().split('\n').at(-1)).toBe(last);
});
