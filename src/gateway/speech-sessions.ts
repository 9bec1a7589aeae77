import { randomUUID } from 'node:crypto';
import type { CallContext } from '../core/call-context.js';
import { SpeechError, toSpeechError } from '../core/speech-error.js';
import type { SpeechPart, SpeechStream } from '../core/speech-part.js';
import type { SpeechRequest } from '../core/speech-request.js';
import type { AudioSpool } from '../sessions/audio-spool.js';
import { KeptSpeech } from '../sessions/kept-speech.js';
import { isFinal, type SessionRecord } from '../sessions/session-record.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { ActiveSpeeches } from './active-speeches.js';
import type { SpeechGateway } from './speech-gateway.js';

export interface SpeechSessionsOptions {
  readonly gateway: SpeechGateway;
  readonly active: ActiveSpeeches;
  readonly store: SessionStore;
  readonly spool: AudioSpool;
  readonly ttlMs: () => number;
  readonly maxUnreadBytes: () => number;
}

/** A speech whose parts are kept, with what stops it. */
interface LiveSession {
  readonly kept: KeptSpeech;
  readonly abort: AbortController;
  /** Speaks on although nobody listens. */
  readonly detached: boolean;
}

/** What a door says of the call that creates a session. */
export type SessionCall = Omit<CallContext, 'sessionId' | 'signal'>;

/** The records of all speeches, and the kept speeches that can be joined, left and read again. */
export class SpeechSessions {
  private readonly live = new Map<string, LiveSession>();

  constructor(private readonly options: SpeechSessionsOptions) {}

  static newId(): string {
    return randomUUID();
  }

  /** Checks the request and records it; nothing is spoken yet. */
  async create(request: SpeechRequest, call: SessionCall, autostart = false): Promise<SessionRecord> {
    this.options.gateway.check(request, call.transport);
    const record = this.newRecord(SpeechSessions.newId(), request);
    await this.options.store.put(record);
    if (autostart) await this.begin(record, call, true);
    return record;
  }

  /** One speech for one reader who takes it at once; its audio is not kept, its record is. */
  async *speakOnce(request: SpeechRequest, call: CallContext): AsyncGenerator<SpeechPart, void, undefined> {
    const record = this.newRecord(call.sessionId, request);
    yield* this.recorded(record, this.options.gateway.speak(request, call));
  }

  /** Throws `not_found`. */
  async get(id: string): Promise<SessionRecord> {
    const record = await this.options.store.get(id);
    if (record) return record;
    throw new SpeechError('not_found', 'There is no such session, or it has expired.', { param: 'session_id' });
  }

  /** The parts after `afterSeq` and what follows; the first reader starts the speech, one reader at a time. */
  async open(id: string, call: SessionCall & { signal: AbortSignal }, afterSeq = -1): Promise<SpeechStream> {
    const record = await this.get(id);
    const live = this.live.get(id) ?? (isFinal(record.state) ? undefined : await this.begin(record, call, false));
    if (!live) throw gone(record);
    return this.leaving(live, live.kept.read(afterSeq, call.signal));
  }

  /** The finished audio of a session; undefined while it is still being made or has not begun. */
  async finishedAudio(id: string): Promise<{ record: SessionRecord; audio: KeptSpeech['audio'] } | undefined> {
    const record = await this.get(id);
    if (!isFinal(record.state)) return undefined;
    const audio = this.options.spool.get(id);
    if (record.state !== 'completed' || !audio) throw gone(record);
    return { record, audio };
  }

  /** Ends the speech if it is under way, and the session with it. Returns its last record. */
  async cancel(id: string): Promise<SessionRecord> {
    const record = await this.get(id);
    if (isFinal(record.state)) return record;
    const reason = new SpeechError('cancelled', 'The speech was cancelled.');
    this.live.get(id)?.abort.abort(reason);
    this.options.active.cancel(id, reason);
    const cancelled: SessionRecord = { ...record, state: 'cancelled', error: reason };
    await this.options.store.put(cancelled);
    return cancelled;
  }

  /** The store let go of a session: its audio goes too. */
  forget(id: string): void {
    this.live.delete(id);
    void this.options.spool.get(id)?.delete();
  }

  private newRecord(id: string, request: SpeechRequest): SessionRecord {
    const now = Date.now();
    return { id, request, state: 'created', createdAtMs: now, expiresAtMs: now + this.options.ttlMs() };
  }

  private async begin(record: SessionRecord, call: SessionCall, detached: boolean): Promise<LiveSession> {
    const abort = new AbortController();
    const audio = await this.options.spool.create(record.id);
    const existing = this.live.get(record.id);
    if (existing) return existing;
    const kept = new KeptSpeech(audio, { maxUnreadBytes: this.options.maxUnreadBytes() });
    const live: LiveSession = { kept, abort, detached };
    this.live.set(record.id, live);
    const context: CallContext = {
      ...call,
      sessionId: record.id,
      signal: abort.signal,
      receivedAtMs: performance.now(),
    };
    void kept.run(this.recorded(record, this.options.gateway.speak(record.request, context)));
    return live;
  }

  // A reader who leaves before the end has hung up: what nobody hears is not paid for.
  private async *leaving(live: LiveSession, parts: SpeechStream): AsyncGenerator<SpeechPart, void, undefined> {
    try {
      yield* parts;
    } finally {
      if (!live.kept.finished && !live.detached) live.abort.abort(new SpeechError('cancelled', 'The reader left.'));
    }
  }

  private async *recorded(record: SessionRecord, parts: SpeechStream): AsyncGenerator<SpeechPart, void, undefined> {
    const { store } = this.options;
    let latest = record;
    const put = (change: Partial<SessionRecord>): Promise<void> => store.put((latest = { ...latest, ...change }));
    try {
      for await (const part of parts) {
        if (part.type === 'start') await put({ state: 'streaming', start: part });
        else if (part.type === 'complete') await put({ state: 'completed', complete: part });
        yield part;
      }
    } catch (thrown) {
      const error = toSpeechError(thrown);
      const state = error.code === 'cancelled' ? 'cancelled' : 'failed';
      await put({ state, error, ...(error.progress ? { progress: error.progress } : {}) });
      throw error;
    } finally {
      if (!isFinal(latest.state)) await put({ state: 'cancelled' });
    }
  }
}

function gone(record: SessionRecord): SpeechError {
  if (record.state === 'completed') {
    return new SpeechError(
      'not_found',
      'The audio of this session is no longer kept, or was streamed to its one reader.',
    );
  }
  return record.error ?? new SpeechError('not_found', `This session is ${record.state}; there is no audio of it.`);
}
