import { randomUUID } from 'node:crypto';
import type { CallContext } from '../core/call-context.js';
import { SpeechError, toSpeechError } from '../core/speech-error.js';
import type { SpeechPart, SpeechStream } from '../core/speech-part.js';
import type { SpeechRequest } from '../core/speech-request.js';
import type { AudioSpool } from '../sessions/audio-spool.js';
import { KeptSpeech } from '../sessions/kept-speech.js';
import { SuspensionSwitch } from '../core/suspension.js';
import { isFinal, type SessionRecord } from '../sessions/session-record.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { ActiveSpeeches } from './active-speeches.js';
import type { SpeechGateway } from './speech-gateway.js';
import { TextFeed, type TextFeedOptions } from './text-feed.js';

export interface SpeechSessionsOptions {
  readonly gateway: SpeechGateway;
  readonly active: ActiveSpeeches;
  readonly store: SessionStore;
  readonly spool: AudioSpool;
  readonly ttlMs: () => number;
  /** How long a speech whose reader has left may be resumed. */
  readonly resumeWindowMs: () => number;
  readonly maxUnreadBytes: () => number;
  readonly feed: () => TextFeedOptions;
}

/** A speech whose parts are kept, with what stops it. */
interface LiveSession {
  readonly kept: KeptSpeech;
  readonly abort: AbortController;
  readonly suspension: SuspensionSwitch;
  /** Speaks on although nobody listens. */
  readonly detached: boolean;
  /** Ends the speech when its reader does not come back. */
  window?: NodeJS.Timeout;
}

export interface SessionOptions {
  /** Speak before anyone listens. */
  readonly autostart?: boolean;
  /** The text is written while it is spoken; the request's own is empty. */
  readonly feed?: TextFeed;
}

/** What a door says of the call that creates a session. */
export type SessionCall = Omit<CallContext, 'sessionId' | 'signal'>;

/** The records of all speeches, and the kept speeches that can be joined, left and read again. */
export class SpeechSessions {
  private readonly live = new Map<string, LiveSession>();
  private readonly feeds = new Map<string, TextFeed>();

  constructor(private readonly options: SpeechSessionsOptions) {}

  static newId(): string {
    return randomUUID();
  }

  /** Checks the request and records it; nothing is spoken yet. */
  async create(request: SpeechRequest, call: SessionCall, options: SessionOptions = {}): Promise<SessionRecord> {
    const { autostart = false, feed } = options;
    this.options.gateway.check(request, call.transport, feed !== undefined);
    const record = this.newRecord(SpeechSessions.newId(), request);
    await this.options.store.put(record);
    if (feed) this.feeds.set(record.id, feed);
    if (autostart) await this.begin(record, call, true);
    return record;
  }

  /** The sample rate in Hz of a speech whose text comes later. Throws what is wrong with its request. */
  plannedRate(request: SpeechRequest, transport: CallContext['transport']): number {
    return this.options.gateway.check(request, transport, true).sampleRateHz;
  }

  /** For a speech whose text is written while it is spoken. */
  newFeed(): TextFeed {
    return new TextFeed(this.options.feed());
  }

  /** Where the text of a speech goes that is spoken while it is written. Throws `not_found`. */
  feed(id: string): TextFeed {
    const feed = this.feeds.get(id);
    if (feed) return feed;
    throw new SpeechError('not_found', 'No speech of that id takes text.', { param: 'session_id' });
  }

  /** One speech for one reader who takes it at once; its audio is not kept, its record is. */
  async *speakOnce(
    request: SpeechRequest,
    call: CallContext,
    feed?: TextFeed,
  ): AsyncGenerator<SpeechPart, void, undefined> {
    const record = this.newRecord(call.sessionId, request);
    yield* this.recorded(record, this.options.gateway.speak(request, call, feed));
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
    const parts = live.kept.read(afterSeq, call.signal);
    clearTimeout(live.window);
    live.suspension.resume();
    return this.leaving(live, parts);
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

  /** Nobody can come back to a gateway that shuts down. */
  endSuspended(): void {
    for (const { suspension, abort } of this.live.values()) {
      if (suspension.suspended) abort.abort(new SpeechError('unavailable', 'The gateway is shutting down.'));
    }
  }

  /** The store let go of a session: its audio goes too. */
  forget(id: string): void {
    this.live.get(id)?.abort.abort(new SpeechError('cancelled', 'The session has expired.'));
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
    const suspension = new SuspensionSwitch();
    const live: LiveSession = { kept, abort, suspension, detached };
    this.live.set(record.id, live);
    const context: CallContext = {
      ...call,
      sessionId: record.id,
      signal: abort.signal,
      suspension,
      receivedAtMs: performance.now(),
    };
    const speech = this.options.gateway.speak(record.request, context, this.feeds.get(record.id));
    void kept.run(this.recorded(record, speech)).finally(() => {
      clearTimeout(live.window);
      this.feeds.delete(record.id);
    });
    return live;
  }

  // What nobody hears is not paid for: when the reader leaves, the provider is closed at once, and the speech waits
  // for a reader who comes back. One who cancelled, or whose window has passed, does not.
  private async *leaving(live: LiveSession, parts: SpeechStream): AsyncGenerator<SpeechPart, void, undefined> {
    try {
      yield* parts;
    } finally {
      if (!live.kept.finished && !live.detached) {
        live.suspension.suspend();
        const left = new SpeechError('cancelled', 'The reader left and did not come back.');
        live.window = setTimeout(() => live.abort.abort(left), this.options.resumeWindowMs());
      }
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
