import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../core/call-context.js';
import type { ClipStore, StoredClip } from './clip-store.js';
import { DiskClipStore } from './disk-clip-store.js';
import { MemoryClipStore } from './memory-clip-store.js';
import { TieredClipStore } from './tiered-clip-store.js';

const key = (number: number): string => number.toString(16).padStart(64, '0');

function clip(text: string): StoredClip {
  const bytes = Buffer.from(text);
  async function* read(): AsyncGenerator<Buffer, void, undefined> {
    for (let at = 0; at < bytes.length; at += 3) yield bytes.subarray(at, at + 3);
  }
  return { bytes: bytes.length, read };
}

async function textOf(stored: StoredClip | undefined): Promise<string | undefined> {
  if (!stored) return undefined;
  const pieces: Buffer[] = [];
  for await (const piece of stored.read()) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString();
}

let dir: string;
beforeEach(async () => (dir = await mkdtemp(join(tmpdir(), 'clips-'))));
afterEach(() => rm(dir, { recursive: true, force: true }));

const openDisk = (more: { maxBytes?: number; ttlMs?: number } = {}): Promise<DiskClipStore> =>
  DiskClipStore.open({ dir, maxBytes: 10_000, ttlMs: 60_000, log: silentLog, ...more });

const STORES: Record<string, (maxBytes: number, ttlMs: number) => Promise<ClipStore>> = {
  memory: (maxBytes, ttlMs) => Promise.resolve(new MemoryClipStore({ maxBytes, ttlMs, maxClipBytes: maxBytes })),
  disk: (maxBytes, ttlMs) => openDisk({ maxBytes, ttlMs }),
  tiered: async (maxBytes, ttlMs) =>
    new TieredClipStore(new MemoryClipStore({ maxBytes: 8, ttlMs }), await openDisk({ maxBytes, ttlMs })),
};

describe.each(Object.entries(STORES))('%s store', (_name, open) => {
  it('gives back what was put, as often as it is asked, until it is deleted', async () => {
    const store = await open(1000, 60_000);
    expect(await store.get(key(1))).toBeUndefined();
    await store.put(key(1), clip('first'));
    await store.put(key(1), clip('newer clip'));
    const stored = await store.get(key(1));
    expect(await Promise.all([textOf(stored), textOf(stored)])).toEqual(['newer clip', 'newer clip']);
    expect(store.stats()).toMatchObject({ clips: 1, evicted: 0 });
    expect(await store.delete(key(1))).toBe(true);
    expect(await store.delete(key(1))).toBe(false);
    expect(await store.get(key(1))).toBeUndefined();
    expect(store.stats()).toMatchObject({ clips: 0, bytes: 0 });
    await store.close();
  });

  it('makes room by the least recently used and never holds more than it may', async () => {
    const store = await open(400, 60_000);
    for (let number = 0; number < 3; number += 1) await store.put(key(number), clip('x'.repeat(100)));
    await store.get(key(0));
    await store.put(key(3), clip('y'.repeat(110)));
    expect(store.stats().bytes).toBeLessThanOrEqual(400);
    expect(await textOf(await store.get(key(3)))).toBe('y'.repeat(110));
    if (store.stats().clips < 4) expect(await store.get(key(1))).toBeUndefined();
    expect(await textOf(await store.get(key(0)))).toBe('x'.repeat(100));
    await store.put(key(4), clip('z'.repeat(500)));
    expect(await store.get(key(4))).toBeUndefined();
    await store.close();
  });

  it('forgets what is too old', async () => {
    const store = await open(1000, -1);
    await store.put(key(1), clip('old'));
    expect(await store.get(key(1))).toBeUndefined();
    expect(store.stats()).toMatchObject({ clips: 0, bytes: 0 });
    await store.close();
  });
});

describe('disk store', () => {
  it('survives a restart, order of use included', async () => {
    const before = await openDisk({ maxBytes: 400 });
    for (let number = 0; number < 3; number += 1) {
      await before.put(key(number), clip('x'.repeat(100)));
      await new Promise((resolve) => setTimeout(resolve, 5)); // file times are told apart
    }
    await before.get(key(0));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await before.close();
    const after = await openDisk({ maxBytes: 400 });
    expect(await textOf(await after.get(key(2)))).toBe('x'.repeat(100));
    await after.put(key(9), clip('y'.repeat(100)));
    expect(await after.get(key(1))).toBeUndefined();
    expect(await textOf(await after.get(key(0)))).toBe('x'.repeat(100));
    await after.close();
    expect(await readdir(dir)).toHaveLength(3);
  });

  it('ignores and removes files that were cut, changed or never finished', async () => {
    const before = await openDisk();
    for (let number = 0; number < 4; number += 1) await before.put(key(number), clip('sound'.repeat(50)));
    await before.close();
    const path = (number: number): string => join(dir, `${key(number)}.clip`);
    await truncate(path(0), 100);
    const bytes = await readFile(path(1));
    bytes[7]! ^= 1;
    await writeFile(path(1), bytes);
    await truncate(path(2), 0);
    await writeFile(join(dir, `${key(7)}.1-1.part`), 'half');
    const after = await openDisk();
    const found = await Promise.all([0, 1, 2, 3].map(async (number) => textOf(await after.get(key(number)))));
    expect(found).toEqual([undefined, undefined, undefined, 'sound'.repeat(50)]);
    await after.close();
    expect(await readdir(dir)).toEqual([`${key(3)}.clip`]);
  });

  it('is whole after the process was killed while it wrote', async () => {
    const script = fileURLToPath(new URL('fixtures/store-until-killed.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', script, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
    let told = '';
    for await (const text of child.stdout) {
      told += String(text);
      if (told.includes('4\n')) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    const stored = told.trim().split('\n').map(Number);
    const store = await openDisk({ maxBytes: 1_000_000_000 });
    expect(store.stats().clips).toBeGreaterThanOrEqual(stored.length);
    for (const number of stored) {
      const text = await textOf(await store.get(key(number)));
      expect(text).toBe(String.fromCharCode(number).repeat(64 * 1024 * (number + 1)));
    }
    await store.close();
    expect((await readdir(dir)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});
