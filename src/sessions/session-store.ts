import type { SessionRecord } from './session-record.js';

/** Where session records live. Records past `expiresAtMs` are not returned. */
export interface SessionStore {
  put(record: SessionRecord): Promise<void>;
  get(id: string): Promise<SessionRecord | undefined>;
  delete(id: string): Promise<void>;
  close(): Promise<void>;
}
