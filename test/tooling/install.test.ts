import { chmod, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Checkout } from './checkout.js';

let checkout: Checkout;
beforeEach(async () => {
  checkout = await Checkout.create({});
});
afterEach(() => checkout.remove());

/** A folder of programs that is the whole PATH. Each logs its arguments; the text is run after that. */
async function programs(scripts: Record<string, string>): Promise<{ PATH: string }> {
  const bin = join(checkout.folder, 'bin');
  for (const [name, script] of Object.entries(scripts)) {
    await checkout.write(`bin/${name}`, `#!/bin/sh\necho "${name} $*" >> "${checkout.folder}/calls"\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  await symlink('/usr/bin/env', join(bin, 'env'));
  return { PATH: bin };
}

const calls = async () => (await checkout.run('/bin/cat', ['calls'])).stdout.trimEnd().split('\n');

describe('npm packages', () => {
  const compare = async (locked: object, installed: object): Promise<unknown> => {
    const script = `import { differingPackages } from './scripts/ensure-installed.mjs';
      console.log(JSON.stringify(differingPackages(${JSON.stringify(locked)}, ${JSON.stringify(installed)})));`;
    return JSON.parse((await checkout.node('--input-type=module', '-e', script)).stdout);
  };

  it('are missing when absent or of another version, unless they are optional and absent', async () => {
    const locked = {
      '': {},
      a: { version: '1' },
      b: { version: '1' },
      c: { version: '1', optional: true },
      d: { version: '2', optional: true },
    };
    expect(await compare(locked, { a: { version: '1' }, d: { version: '1' }, extra: { version: '9' } })).toEqual([
      'b',
      'd',
    ]);
    expect(await compare(locked, { a: { version: '1' }, b: { version: '1' } })).toEqual([]);
  });

  it('are installed without scripts or downloads, once for two that start together', async () => {
    // What npm ci leaves behind is the record of what it installed.
    const env = await programs({
      npm: `/bin/mkdir node_modules && /bin/cp package-lock.json node_modules/.package-lock.json
      echo "$ONNXRUNTIME_NODE_INSTALL $SKIP_FFMPEG" >> calls`,
    });
    await checkout.remove('node_modules');
    const start = () => checkout.run(process.execPath, ['scripts/ensure-installed.mjs'], env);
    expect(await Promise.all([start(), start()])).toMatchObject([{ code: 0 }, { code: 0 }]);
    const [call, variables, ...more] = await calls();
    expect(call).toMatch(/^npm ci --ignore-scripts --include=dev/);
    expect(variables).toBe('skip true');
    expect(more).toEqual([]);
  });

  it('end the start when they cannot be installed', async () => {
    const env = await programs({ npm: 'exit 7' });
    await checkout.remove('node_modules');
    const { code, stderr } = await checkout.run(process.execPath, ['scripts/start.mjs'], env);
    expect(code).toBe(1);
    expect(stderr).toContain('npm ci ended with code 7');
  });

  it('are not even looked at by a Node that is too old', async () => {
    const script =
      "import { requireNode } from './scripts/require-node.mjs'; requireNode('20.18.3'); console.log('on');";
    const { code, stdout, stderr } = await checkout.node('--input-type=module', '-e', script);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('needs Node 20.19 or newer; this is Node 20.18.3');
  });
});

describe('programs the tests need', () => {
  const script = "import { ensureSystemTools } from './scripts/ensure-system-tools.mjs'; await ensureSystemTools();";
  const ensure = (env: { PATH: string }) => checkout.run(process.execPath, ['--input-type=module', '-e', script], env);

  it('are not asked for when they are there, by any of their names', async () => {
    const env = await programs({ 'redis-server': '', ffprobe: '', 'google-chrome': '', 'apt-get': '' });
    expect(await ensure(env)).toMatchObject({ code: 0, stderr: '' });
  });

  it('come from apt-get, refreshed first, without a question', async () => {
    const env = await programs({
      ffprobe: '',
      'apt-get': 'echo "$DEBIAN_FRONTEND" >> calls',
      sudo: 'shift; test "$1" = true || exec "$@"',
    });
    const { code } = await ensure(env);
    const made = (await calls()).filter((line) => !line.startsWith('sudo'));
    expect({ code, made: made.slice(0, 2) }).toEqual({ code: 0, made: ['apt-get -qq update', 'noninteractive'] });
    expect(made[2]).toMatch(/^apt-get -qq install -y .*redis-server chromium$/);
  });

  it('are named for three package managers where they cannot be installed', async () => {
    const { code, stderr } = await ensure(await programs({ ffprobe: '' }));
    expect(code).toBe(1);
    expect(stderr).toContain('sudo apt-get update && sudo apt-get install -y redis-server chromium');
    expect(stderr).toContain('sudo dnf install -y redis chromium');
    expect(stderr).toContain('brew install redis');
  });

  it('are named too when apt-get fails', async () => {
    const { code, stderr } = await ensure(
      await programs({ 'apt-get': 'echo no network >&2; exit 100', sudo: 'exit 1' }),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/The tests need redis-server, ffprobe, chromium/);
  });
});
