import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { root } from './run.mjs';

/**
 * Runs `work` while no other process of this checkout is inside a lock of this name; waits for its turn.
 * A process that died inside leaves its id behind, by which the next one knows that the lock is free.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(name, work) {
  const folder = join(root, '.cache');
  const file = join(folder, `${name}.lock`);
  mkdirSync(folder, { recursive: true });
  for (let said = false; !taken(file); said = true) {
    if (!said) console.error(`waiting for another process to finish: ${name}`);
    await delay(200);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function taken(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!holderLives(file)) rmSync(file, { force: true });
    return false;
  }
}

function holderLives(file) {
  try {
    process.kill(Number(readFileSync(file, 'utf8')) || process.pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and is another user's. ENOENT: it has just let go.
    return error.code === 'EPERM' || error.code === 'ENOENT';
  }
}
