interface Entry {
  readonly bytes: number;
  readonly storedAtMs: number;
}

export interface RecentClipsOptions<T> {
  readonly maxBytes: number;
  readonly ttlMs: number;
  /** Of one that was removed for room or age. */
  readonly onEvicted?: (key: string, clip: T) => void;
  /** Wall clock, because the age of files counts over restarts. */
  readonly now?: () => number;
}

/** The books of a store: which clips there are, least recently used first, never more bytes than allowed. */
export class RecentClips<T extends Entry> {
  private readonly clips = new Map<string, T>();
  private held = 0;
  evicted = 0;

  constructor(private readonly options: RecentClipsOptions<T>) {}

  get size(): number {
    return this.clips.size;
  }

  get bytes(): number {
    return this.held;
  }

  /** The clip, now the most recently used; undefined when there is none or it is too old. */
  use(key: string): T | undefined {
    const clip = this.clips.get(key);
    if (!clip) return undefined;
    const { ttlMs, now = Date.now } = this.options;
    if (now() - clip.storedAtMs > ttlMs) {
      this.evict(key, clip);
      return undefined;
    }
    this.clips.delete(key);
    this.clips.set(key, clip);
    return clip;
  }

  /** False: it alone is larger than all there is room for, and was not taken. */
  add(key: string, clip: T): boolean {
    if (clip.bytes > this.options.maxBytes) return false;
    this.remove(key);
    this.clips.set(key, clip);
    this.held += clip.bytes;
    for (const [oldest, old] of this.clips) {
      if (this.held <= this.options.maxBytes) break;
      this.evict(oldest, old);
    }
    return true;
  }

  remove(key: string): T | undefined {
    const clip = this.clips.get(key);
    if (!clip) return undefined;
    this.clips.delete(key);
    this.held -= clip.bytes;
    return clip;
  }

  private evict(key: string, clip: T): void {
    this.remove(key);
    this.evicted += 1;
    this.options.onEvicted?.(key, clip);
  }
}
