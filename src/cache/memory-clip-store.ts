import type { ClipStore, ClipStoreStats, StoredClip } from './clip-store.js';
import { RecentClips } from './recent-clips.js';

export interface MemoryClipStoreOptions {
  readonly maxBytes: number;
  readonly ttlMs: number;
  /** A larger clip is left to the disk; default an eighth of `maxBytes`. */
  readonly maxClipBytes?: number;
  readonly now?: () => number;
}

interface MemoryClip extends StoredClip {
  readonly storedAtMs: number;
}

export class MemoryClipStore implements ClipStore {
  private readonly clips: RecentClips<MemoryClip>;
  private readonly maxClipBytes: number;
  private readonly now: () => number;

  constructor(options: MemoryClipStoreOptions) {
    this.clips = new RecentClips(options);
    this.maxClipBytes = options.maxClipBytes ?? Math.floor(options.maxBytes / 8);
    this.now = options.now ?? Date.now;
  }

  get(key: string): Promise<StoredClip | undefined> {
    return Promise.resolve(this.clips.use(key));
  }

  async put(key: string, clip: StoredClip): Promise<void> {
    if (clip.bytes > this.maxClipBytes) return;
    // Copied: what is read may be a view of a far larger block.
    const pieces: Buffer[] = [];
    for await (const piece of clip.read()) pieces.push(Buffer.from(piece));
    this.clips.add(key, { bytes: clip.bytes, storedAtMs: this.now(), read: () => readPieces(pieces) });
  }

  delete(key: string): Promise<boolean> {
    return Promise.resolve(this.clips.remove(key) !== undefined);
  }

  stats(): ClipStoreStats {
    return { clips: this.clips.size, bytes: this.clips.bytes, evicted: this.clips.evicted };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

async function* readPieces(pieces: readonly Buffer[]): AsyncGenerator<Buffer, void, undefined> {
  yield* pieces;
}
