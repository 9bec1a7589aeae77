import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { root } from './repository.js';

/** By rule, the one import that breaks it: from a file, of a file or package. */
const BREACHES: Record<string, [from: string, to: string]> = {
  'core-imports-nothing': ['src/core/a.ts', 'node:fs'],
  'middle-imports-core-only': ['src/routing/a.ts', '../sessions/b.js'],
  'providers-import-core-only': ['providers/acme/a.ts', '../other/b.js'],
  'only-the-registry-knows-providers': ['src/gateway/a.ts', '../../providers/other/b.js'],
  'nobody-imports-an-edge': ['src/gateway/b.ts', '../transports/rest/ok.js'],
  'edges-do-not-know-one-another': ['src/cli/a.ts', '../health/b.js'],
  'transports-import-gateway': ['src/transports/rest/a.ts', '../../sessions/b.js'],
  'config-by-type-only': ['src/transports/rest/b.ts', '../../config/load-config.js'],
  'nobody-imports-boot': ['src/transports/rest/c.ts', '../../main.js'],
  'shipped-code-imports-shipped-code': ['src/gateway/c.ts', '../../test/support.js'],
  'shipped-code-needs-no-dev-package': ['src/gateway/d.ts', 'fast-check'],
  'no-undeclared-package': ['src/gateway/e.ts', 'rolldown'],
  unresolved: ['src/gateway/f.ts', './nowhere.js'],
};

/** Imports that are right, among them the exceptions the rules make. */
const RIGHT: [from: string, statement: string][] = [
  ['src/core/ok.ts', ''],
  ['src/main.ts', "import './config/load-config.js'; import './transports/rest/ok.js'; import './cli/b.js';"],
  ['src/cli/b.ts', "import '../config/load-config.js'; import '../gateway/ok.js'; import '../server.js';"],
  ['src/server.ts', 'export {};'],
  [
    'src/gateway/ok.ts',
    "import '../sessions/b.js'; import type { c } from '../config/load-config.js'; export type D = c;",
  ],
  ['src/sessions/b.ts', "import '../core/ok.js'; export type s = 1;"],
  ['src/sessions/b.test.ts', "import 'fast-check'; import '../../test/support.js';"],
  ['src/config/load-config.ts', 'export type c = 1;'],
  ['src/health/b.ts', 'export {};'],
  [
    'src/transports/rest/ok.ts',
    "import '../../gateway/ok.js'; import type { s } from '../../sessions/b.js'; export type D = s;",
  ],
  ['src/registry/builtin-providers.ts', "import '../../providers/other/b.js';"],
  ['providers/other/b.ts', "import '../../src/core/ok.js'; import '../_shared/c.js'; import 'zod';"],
  ['providers/_shared/c.ts', 'export {};'],
  ['test/support.ts', 'export {};'],
];

let folder: string;
let found: { rule: string; from: string }[];

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tts-arrows-'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const name of ['package.json', 'tsconfig.json']) await symlink(join(root, name), join(folder, name));
  for (const [path, text] of RIGHT) await write(path, text);
  for (const [from, to] of Object.values(BREACHES)) await write(from, `import '${to}';`);
  await write('src/audio/a.ts', "import './b.js';");
  await write('src/audio/b.ts', "import './a.js';");
  const cruise = [
    '--config',
    join(root, '.dependency-cruiser.cjs'),
    '--output-type',
    'json',
    'src',
    'providers',
    'test',
  ];
  const command = join(root, 'node_modules/.bin/depcruise');
  const { stdout } = await promisify(execFile)(command, cruise, {
    cwd: folder,
    maxBuffer: 1 << 26,
    timeout: 30_000,
  }).catch((error: { stdout: string }) => error);
  const report = JSON.parse(stdout) as { summary: { violations: { rule: { name: string }; from: string }[] } };
  found = report.summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }));
});
afterAll(() => rm(folder, { recursive: true }));

it.each(Object.entries(BREACHES))('the arrow %s is followed', (rule, [from]) => {
  expect(found).toContainEqual({ rule, from });
});

it('finds a cycle', () => {
  expect(found.filter(({ rule }) => rule === 'circular')).not.toEqual([]);
});

it('lets every right import pass', () => {
  const right = new Set(RIGHT.map(([from]) => from));
  expect(found.filter(({ from }) => right.has(from))).toEqual([]);
});
