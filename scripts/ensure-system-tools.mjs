import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import { run } from './run.mjs';

/** Programs the tests run beside Node, any name of each, and the package that brings it. */
const TOOLS = [
  { names: ['redis-server'], apt: 'redis-server', dnf: 'redis', brew: 'redis' },
  { names: ['ffprobe'], apt: 'ffmpeg', dnf: 'ffmpeg-free', brew: 'ffmpeg' },
  {
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    apt: 'chromium',
    dnf: 'chromium',
    brew: '--cask chromium',
  },
];

/** Installs the missing ones through apt-get where that needs no password; throws with what to type where it does. */
export async function ensureSystemTools(tools = TOOLS, path = process.env['PATH'] ?? '') {
  const missing = tools.filter(({ names }) => !names.some((name) => isOnPath(name, path)));
  if (missing.length === 0) return;
  const packages = missing.map(({ apt }) => apt);
  const prefix = await aptPrefix(path);
  if (prefix !== undefined) {
    console.error(`installing ${packages.join(', ')} ...`);
    if (await aptInstall(prefix, packages)) return;
  }
  throw new Error(instructions(missing));
}

async function aptInstall(prefix, packages) {
  const apt = (...args) => run(...split([...prefix, 'apt-get', '-qq', ...args]), { capture: true });
  const options = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
  for (const args of [['update'], ['install', ...options, ...packages]]) {
    const { code, output } = await apt(...args);
    if (code === 0) continue;
    console.error(output);
    return false;
  }
  return true;
}

/** What to put before `apt-get` so that it may install and asks for nothing; undefined where there is no such way. */
async function aptPrefix(path) {
  if (!isOnPath('apt-get', path)) return undefined;
  const env = ['env', 'DEBIAN_FRONTEND=noninteractive'];
  if (process.getuid?.() === 0) return env;
  if (!isOnPath('sudo', path)) return undefined;
  const { code } = await run('sudo', ['-n', 'true'], { capture: true });
  return code === 0 ? ['sudo', '-n', ...env] : undefined;
}

export function instructions(missing) {
  const packages = (manager) => missing.map((tool) => tool[manager]).join(' ');
  return [
    `The tests need ${missing.map(({ names }) => names[0]).join(', ')}. Install with one of:`,
    `  sudo apt-get update && sudo apt-get install -y ${packages('apt')}`,
    `  sudo dnf install -y ${packages('dnf')}`,
    ...missing.map(({ brew }) => `  brew install ${brew}`),
  ].join('\n');
}

function isOnPath(name, path) {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function split([command, ...args]) {
  return [command, args];
}
