import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../core/call-context.js';
import { isWholeClipFile, readClipFile, TRAILER_BYTES, writeClipFile } from './clip-file.js';
import type { ClipStore, ClipStoreStats, StoredClip } from './clip-store.js';
import { RecentClips } from './recent-clips.js';

export interface DiskClipStoreOptions {
  /** Made when it is not there. One process at a time. */
  readonly dir: string;
  readonly maxBytes: number;
  readonly ttlMs: number;
  readonly log: Log;
}

interface DiskClip {
  readonly bytes: number;
  readonly storedAtMs: number;
  /** Read and compared once in this process: a file is never changed after it was moved into place. */
  verified: boolean;
}

const CLIP_NAME = /^[0-9a-f]{64}\.clip$/;
/** Files to look at together when the store is opened. */
const BATCH = 64;

/**
 * One file a clip, named by its key: the folder is the index, so nothing can disagree after a kill. The time of change
 * is when it was stored, the time of access when it was last used.
 */
export class DiskClipStore implements ClipStore {
  private readonly clips: RecentClips<DiskClip>;
  private readonly removing = new Set<Promise<void>>();
  private written = 0;

  private constructor(private readonly options: DiskClipStoreOptions) {
    const { maxBytes, ttlMs } = options;
    this.clips = new RecentClips<DiskClip>({ maxBytes, ttlMs, onEvicted: (key) => this.removeFile(key) });
  }

  /** Takes over what is in the folder; leftovers of a process that was killed are removed. */
  static async open(options: DiskClipStoreOptions): Promise<DiskClipStore> {
    await mkdir(options.dir, { recursive: true });
    const store = new DiskClipStore(options);
    await store.takeOver();
    return store;
  }

  async get(key: string): Promise<StoredClip | undefined> {
    const clip = this.clips.use(key);
    if (!clip) return undefined;
    const path = this.path(key);
    if (!clip.verified && !(await this.verify(key, path))) {
      this.clips.remove(key);
      this.clips.evicted += 1;
      this.removeFile(key);
      return undefined;
    }
    clip.verified = true;
    // Only the order of eviction after a restart hangs on it, so it is not waited for.
    void utimes(path, new Date(), new Date(clip.storedAtMs)).catch((err: unknown) =>
      this.options.log.debug({ err }, 'the time of use of a clip could not be noted'),
    );
    const bytes = clip.bytes - TRAILER_BYTES;
    return { bytes, read: () => readClipFile(path, bytes) };
  }

  async put(key: string, clip: StoredClip): Promise<void> {
    const bytes = clip.bytes + TRAILER_BYTES;
    if (bytes > this.options.maxBytes) return;
    // Or the removal of an older clip of this key could take the new file.
    await Promise.all(this.removing);
    const temporary = join(this.options.dir, `${key}.${process.pid}-${(this.written += 1)}.part`);
    await writeClipFile(this.path(key), temporary, clip);
    this.clips.add(key, { bytes, storedAtMs: Date.now(), verified: true });
  }

  async delete(key: string): Promise<boolean> {
    const known = this.clips.remove(key) !== undefined;
    if (known) await rm(this.path(key), { force: true });
    return known;
  }

  stats(): ClipStoreStats {
    return { clips: this.clips.size, bytes: this.clips.bytes, evicted: this.clips.evicted };
  }

  async close(): Promise<void> {
    await Promise.all(this.removing);
  }

  private path(key: string): string {
    return join(this.options.dir, `${key}.clip`);
  }

  private async takeOver(): Promise<void> {
    const names = await readdir(this.options.dir);
    const found: { key: string; usedAtMs: number; clip: DiskClip }[] = [];
    for (let at = 0; at < names.length; at += BATCH) {
      await Promise.all(
        names.slice(at, at + BATCH).map(async (name) => {
          const path = join(this.options.dir, name);
          if (name.endsWith('.part')) return rm(path, { force: true });
          if (!CLIP_NAME.test(name)) return undefined;
          const { size, mtimeMs, atimeMs } = await stat(path);
          const clip = { bytes: size, storedAtMs: mtimeMs, verified: false };
          found.push({ key: name.slice(0, 64), usedAtMs: atimeMs, clip });
          return undefined;
        }),
      );
    }
    found.sort((a, b) => a.usedAtMs - b.usedAtMs);
    for (const { key, clip } of found) if (!this.clips.add(key, clip)) this.removeFile(key);
  }

  private async verify(key: string, path: string): Promise<boolean> {
    try {
      if (await isWholeClipFile(path)) return true;
      this.options.log.warn({ key }, 'a stored clip was damaged and is removed');
    } catch (err) {
      this.options.log.warn({ key, err }, 'a stored clip could not be read and is removed');
    }
    return false;
  }

  private removeFile(key: string): void {
    const removed = rm(this.path(key), { force: true })
      .catch((err: unknown) => this.options.log.warn({ key, err }, 'a stored clip could not be removed'))
      .finally(() => this.removing.delete(removed));
    this.removing.add(removed);
  }
}
