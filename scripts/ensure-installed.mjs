import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { requireNode } from './require-node.mjs';
import { root, run } from './run.mjs';
import { withLock } from './with-lock.mjs';

// Native packages bring their binaries along; their install scripts only try to download what is not needed here.
const ENV = { ONNXRUNTIME_NODE_INSTALL: 'skip', ONNXRUNTIME_NODE_INSTALL_CUDA: 'skip', SKIP_FFMPEG: 'true' };
const ARGS = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];

/** Installs the npm packages of the lock file if one is missing or of another version; milliseconds when none is. */
export async function ensureInstalled() {
  requireNode();
  if (missingPackages().length === 0) return;
  await withLock('install', async () => {
    const missing = missingPackages();
    if (missing.length === 0) return;
    console.error(`installing npm packages (${missing.length} missing) ...`);
    const { code } = await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ARGS, { env: ENV });
    if (code !== 0) throw new Error(`npm ci ended with code ${code}; the packages are not installed.`);
  });
}

function missingPackages() {
  const locked = readPackages('package-lock.json');
  if (locked === undefined) throw new Error('package-lock.json is missing or damaged.');
  return differingPackages(locked, readPackages('node_modules/.package-lock.json') ?? {});
}

/**
 * Paths of the packages that the lock file asks for and that are not installed in that version.
 * Optional ones may be absent: they are for another platform, or left out on purpose (`--omit=optional`).
 * By content and not by time, so that switching branches and `npm install` are told apart from a stale install.
 */
export function differingPackages(locked, installed) {
  return Object.entries(locked)
    .filter(([path, { version, optional, devOptional, link }]) => {
      if (path === '' || link) return false;
      const present = installed[path];
      return present === undefined ? !optional && !devOptional : present.version !== version;
    })
    .map(([path]) => path);
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch (error) {
    // Absent or cut short by an interrupted install: then it counts as not installed.
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await ensureInstalled();
