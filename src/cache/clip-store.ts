/** A whole clip, encoded by `part-codec`. */
export interface StoredClip {
  readonly bytes: number;
  /** From the first byte on, in pieces of at most 64 KiB or as they were stored. Many may read at once. */
  read(): AsyncIterable<Buffer>;
}

export interface ClipStoreStats {
  readonly clips: number;
  readonly bytes: number;
  /** Removed for room or age, or because they could not be read. */
  readonly evicted: number;
}

/** Finished clips by key (64 hex digits), bounded in bytes and age; the least recently used go first. */
export interface ClipStore {
  /** Undefined: not there, too old, or not readable (and then removed). */
  get(key: string): Promise<StoredClip | undefined>;
  /** Resolves when `get` would find it. A clip that is too large for the store is not kept, which is no error. */
  put(key: string, clip: StoredClip): Promise<void>;
  /** True when there was one. */
  delete(key: string): Promise<boolean>;
  stats(): ClipStoreStats;
  close(): Promise<void>;
}
