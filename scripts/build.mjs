import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { ensureInstalled } from './ensure-installed.mjs';
import { bin, root, run } from './run.mjs';
import { filesBelow, shippedFiles } from './source-files.mjs';
import { withLock } from './with-lock.mjs';

const STAMP = join(root, 'dist', '.build');
const CONFIGS = ['package.json', 'tsconfig.json', 'tsconfig.build.json'];

/** Builds dist/ if a source has changed since the last build; milliseconds when none has. Needs the packages. */
export async function ensureBuilt() {
  if (isFresh()) return;
  await withLock('build', async () => {
    if (!isFresh()) await build();
  });
}

async function build() {
  const sources = fingerprint();
  console.error('building ...');
  // Without the stamp of a finished build, what tsc remembers of dist/ may not be what is there.
  if (readStamp() === undefined) rmSync(join(root, 'dist', '.tsbuildinfo'), { force: true });
  rmSync(STAMP, { force: true });
  const { code } = await run(process.execPath, [bin('tsc'), '-p', 'tsconfig.build.json']);
  if (code !== 0) throw new Error('The build failed: see the errors above.');
  const shipped = shippedFiles();
  removeOrphans(new Set(shipped));
  for (const path of shipped) if (!path.endsWith('.ts')) copy(path);
  writeFileSync(STAMP, sources);
}

function isFresh() {
  return readStamp() === fingerprint();
}

function readStamp() {
  return statSync(STAMP, { throwIfNoEntry: false }) ? readFileSync(STAMP, 'utf8') : undefined;
}

function fingerprint() {
  const hash = createHash('sha256');
  for (const path of [...CONFIGS, ...shippedFiles()]) {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** A module whose source is gone must not be found by an import that was forgotten. */
function removeOrphans(shipped) {
  for (const built of [...filesBelow('dist/src'), ...filesBelow('dist/providers')]) {
    const path = built.slice('dist/'.length);
    const source = path.replace(/\.js(\.map)?$/, '.ts');
    if (!shipped.has(source) && !shipped.has(path)) rmSync(join(root, built));
  }
}

function copy(path) {
  const to = join(root, 'dist', path);
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(join(root, path), to);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await ensureInstalled();
  await withLock('build', build);
}
