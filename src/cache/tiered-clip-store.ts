import type { ClipStore, ClipStoreStats, StoredClip } from './clip-store.js';

/** A small fast store before a large slow one: what is found behind is also kept before. */
export class TieredClipStore implements ClipStore {
  constructor(
    private readonly near: ClipStore,
    private readonly far: ClipStore,
  ) {}

  async get(key: string): Promise<StoredClip | undefined> {
    const near = await this.near.get(key);
    if (near) return near;
    const clip = await this.far.get(key);
    if (!clip) return undefined;
    await this.near.put(key, clip);
    return (await this.near.get(key)) ?? clip;
  }

  async put(key: string, clip: StoredClip): Promise<void> {
    await this.near.put(key, clip);
    await this.far.put(key, clip);
  }

  async delete(key: string): Promise<boolean> {
    const [near, far] = await Promise.all([this.near.delete(key), this.far.delete(key)]);
    return near || far;
  }

  /** Of the far store, which holds everything; evictions of both. */
  stats(): ClipStoreStats {
    const far = this.far.stats();
    return { ...far, evicted: far.evicted + this.near.stats().evicted };
  }

  async close(): Promise<void> {
    await Promise.all([this.near.close(), this.far.close()]);
  }
}
