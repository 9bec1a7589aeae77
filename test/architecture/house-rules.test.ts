import { describe, expect, it } from 'vitest';

import { repositoryFiles } from './repository.js';
import type { HouseRule, RepositoryFile } from './repository.js';
import { fileSizes, providerSizes } from './rules/file-sizes.js';
import { environment, finished, outside, silenced } from './rules/forbidden-text.js';
import { declaredNames, fileNames } from './rules/names.js';
import { providerShape } from './rules/provider-shape.js';

const file = (path: string, text = ''): RepositoryFile => ({ path, text });
const long = (count: number) => 'x\n'.repeat(count);
const httpManifest = file('providers/acme/manifest.ts', "wire: 'http',\n");
const shape = ['README.md', 'index.ts', 'options.ts', 'provider.ts', 'provider.test.ts', 'voices.ts'];
const small = Array.from({ length: 30 }, (_, index) => file(`src/core/s${index}.ts`, long(80)));

/** For each rule a repository that keeps it and some that do not, lest a rule that never fails be taken for one. */
const rules: { rule: HouseRule; kept: RepositoryFile[]; broken: RepositoryFile[][] }[] = [
  {
    rule: fileSizes,
    kept: [...small, file('src/core/big.ts', long(400))],
    broken: [
      [...small, file('src/core/big.ts', long(401))],
      [...small, file('test/big.test.ts', long(401))],
      [file('src/core/a.ts', long(91))],
      [...small.slice(0, 10), file('src/core/b.ts', long(251)), file('src/core/c.ts', long(251))],
    ],
  },
  {
    rule: providerSizes,
    kept: [httpManifest, file('providers/acme/provider.ts', long(449)), file('providers/acme/a.test.ts', long(300))],
    broken: [[httpManifest, file('providers/acme/provider.ts', long(300)), file('providers/acme/wire.ts', long(200))]],
  },
  {
    rule: fileNames,
    kept: [file('src/transports/rest/voices.controller.ts'), file('providers/_shared/sse.ts'), file('web/utils.js')],
    broken: [[file('src/core/utils.ts')], [file('src/types/voice.ts')], [file('src/core/speechPart.ts')]],
  },
  {
    rule: declaredNames,
    kept: [file('src/core/a.ts', 'interface Item {}\nclass ID {}\ntype Implicit = 1;')],
    broken: ['interface IVoice {}', 'class StoreImpl {}', 'class HostManager {}'].map((text) => [
      file('src/core/a.ts', text),
    ]),
  },
  {
    rule: providerShape,
    kept: [
      file('providers/acme/manifest.ts'),
      ...shape.map((name) => file(`providers/acme/${name}`)),
      file('providers/_shared/sse.ts'),
    ],
    broken: [
      [file('providers/acme/manifest.ts'), ...shape.slice(1).map((name) => file(`providers/acme/${name}`))],
      [httpManifest, ...shape.map((name) => file(`providers/acme/${name}`))],
    ],
  },
  {
    rule: environment,
    kept: [
      file('src/config/a.ts', 'process.env'),
      file('src/a.test.ts', 'process.env'),
      file('scripts/a.mjs', 'process.env'),
    ],
    broken: ['const x = process.env.X;', "process['env']", "import { env } from 'node:process';"].map((text) => [
      file('src/core/a.ts', text),
    ]),
  },
  {
    rule: outside,
    kept: [file('src/a.ts', "import { x } from '../core/shared.js'; // network/work/flow")],
    broken: ['../shared/design', 'cp /work/x'].map((text) => [file('docs/a.md', text)]),
  },
  {
    rule: finished,
    kept: [file('src/a.test.ts', "it('skips', () => parts.skip(1)); test.each([])('only', f);")],
    broken: ['it.skip(', 'describe.only(', 'it.todo(', 'test.concurrent.skipIf(x)(', 'xit('].map((text) => [
      file('src/a.test.ts', text),
    ]),
  },
  {
    rule: silenced,
    kept: [file('src/a.ts', '// the lint rule is right')],
    broken: ['// @ts-ignore', '/* eslint-disable */', '// oxlint-disable-next-line x', '// prettier-ignore'].map(
      (text) => [file('src/a.ts', text)],
    ),
  },
];

describe.each(rules)('$rule.says', ({ rule, kept, broken }) => {
  it('holds in this repository', () => {
    expect(rule.breaches(repositoryFiles())).toEqual([]);
  });

  it('is content where it is kept and not where it is broken', () => {
    expect(rule.breaches(kept)).toEqual([]);
    for (const files of broken) expect(rule.breaches(files), JSON.stringify(files.at(-1))).not.toEqual([]);
  });
});
