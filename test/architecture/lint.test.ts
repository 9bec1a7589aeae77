import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { root } from './repository.js';

/** By rule, code that breaks it. */
const BREACHES: Record<string, string> = {
  'max-lines': 'export {};\n'.repeat(401),
  'max-lines-per-function': `export function f(): number {\n${'  Math.random();\n'.repeat(40)}  return 1;\n}\n`,
  'no-explicit-any': 'export const x: any = 1;',
  'ban-ts-comment': '// @ts-ignore\nexport const x: string = 1;',
  'no-floating-promises': 'export function f(): void {\n  Promise.resolve(1);\n}',
  'no-misused-promises': 'export const f = (): void => [1].forEach(async (x) => { await Promise.resolve(x); });',
  'switch-exhaustiveness-check':
    "export function f(x: 'a' | 'b'): void {\n  switch (x) {\n    case 'a':\n      console.log(x);\n  }\n}",
  'only-throw-error': "export function f(): void {\n  throw 'x';\n}",
  'consistent-type-imports': "import { Stats } from 'node:fs';\nexport type S = Stats;",
  'no-empty': 'export function f(): void {\n  try {\n    console.log(1);\n  } catch {}\n}',
  'no-restricted-imports': "import { forwardRef } from '@nestjs/common';\nexport const f = forwardRef(() => 1);",
  'no-unused-vars': 'const unused = 1;\nexport {};',
};

let folder: string;
let found: { code: string; filename: string }[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tts-lint-'));
  for (const name of ['node_modules', 'package.json', 'tsconfig.json', '.oxlintrc.json']) {
    await symlink(join(root, name), join(folder, name));
  }
  await mkdir(join(folder, 'src'));
  for (const [rule, text] of Object.entries(BREACHES)) await writeFile(join(folder, `src/${rule}.ts`), text);
  await writeFile(join(folder, 'src/fine.ts'), 'export const one = await Promise.resolve(1);\n');
  const command = join(root, 'node_modules/.bin/oxlint');
  const { stdout } = await promisify(execFile)(command, ['--type-aware', '--format=json', 'src'], {
    cwd: folder,
    maxBuffer: 1 << 26,
    timeout: 30_000,
  }).catch((error: { stdout: string }) => error);
  found = (JSON.parse(stdout) as { diagnostics: typeof found }).diagnostics;
});
afterAll(() => rm(folder, { recursive: true }));

it.each(Object.keys(BREACHES))('%s is an error', (rule) => {
  const own = found.filter(({ filename }) => filename.endsWith(`${rule}.ts`)).map(({ code }) => code);
  expect(
    own.some((code) => code.includes(`(${rule})`)),
    own.join(),
  ).toBe(true);
});

it('has nothing to say about fine code', () => {
  expect(found.filter(({ filename }) => filename.endsWith('fine.ts'))).toEqual([]);
});
