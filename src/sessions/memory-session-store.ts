import type { SessionRecord } from './session-record.js';
import type { SessionStore } from './session-store.js';

export interface MemorySessionStoreOptions {
  /** The oldest records make room beyond this many. */
  readonly maxRecords: number;
  /** Called with the id of each record that expired or made room. */
  readonly onEvicted?: (id: string) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Keeps records in memory, in the order in which they were last put. */
export class MemorySessionStore implements SessionStore {
  private readonly records = new Map<string, SessionRecord>();
  private readonly now: () => number;

  constructor(private readonly options: MemorySessionStoreOptions) {
    this.now = options.now ?? Date.now;
  }

  put(record: SessionRecord): Promise<void> {
    this.records.delete(record.id);
    this.records.set(record.id, record);
    this.evict();
    return Promise.resolve();
  }

  get(id: string): Promise<SessionRecord | undefined> {
    this.evict();
    const record = this.records.get(id);
    return Promise.resolve(record && record.expiresAtMs > this.now() ? record : undefined);
  }

  delete(id: string): Promise<void> {
    this.records.delete(id);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.records.clear();
    return Promise.resolve();
  }

  // Records are put with the same time to live, so the oldest come first and the scan stops at the first live one.
  private evict(): void {
    const now = this.now();
    for (const [id, record] of this.records) {
      if (record.expiresAtMs > now && this.records.size <= this.options.maxRecords) return;
      this.records.delete(id);
      this.options.onEvicted?.(id);
    }
  }
}
