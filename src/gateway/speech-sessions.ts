import { randomUUID } from 'node:crypto';
import type { CallContext } from '../core/call-context.js';
import { abortReason, SpeechError, toSpeechError } from '../core/speech-error.js';
import type { SpeechPart, SpeechStream } from '../core/speech-part.js';
import type { SpeechRequest } from '../core/speech-request.js';
import type { AudioSpool } from '../sessions/audio-spool.js';
import { KeptSpeech } from '../sessions/kept-speech.js';
import { SuspensionSwitch } from '../core/suspension.js';
import { isFinal, type SessionRecord } from '../sessions/session-record.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { ActiveSpeeches } from './active-speeches.js';
import type { SpeechGateway } from './speech-gateway.js';
import { textHasEnded, TextFeed, type TextFeedOptions } from './text-feed.js';

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
  /** Stands for the reader that came last. */
  visit?: object;
  /** Ends the speech when its reader does not come back. */
  window?: NodeJS.Timeout;
  /** Its reader did not. */
  expired?: boolean;
}

export interface SessionOptions {
  /** Speak before anyone listens. */
  readonly autostart?: boolean;
  /** The text comes while it is spoken, through `feed`; the request's own is empty. */
  readonly laterText?: boolean;
}

/** What a door says of the call that creates a session. */
export type SessionCall = Omit<CallContext, 'sessionId' | 'signal'>;

/** The records of all speeches, and the kept speeches that can be joined, left and read again. */
export class SpeechSessions {
  private readonly live = new Map<string, LiveSession>();
  private readonly beginning = new Map<string, Promise<LiveSession>>();
  private readonly feeds = new Map<string, TextFeed>();

  constructor(private readonly options: SpeechSessionsOptions) {}

  static newId(): string {
    return randomUUID();
  }

  /** Checks the request and records it; nothing is spoken yet. */
  async create(request: SpeechRequest, call: SessionCall, options: SessionOptions = {}): Promise<SessionRecord> {
    const { autostart = false, laterText = false } = options;
    this.options.gateway.check(request, call.transport, laterText);
    const record = this.newRecord(SpeechSessions.newId(), request);
    await this.options.store.put(record);
    if (laterText) this.feeds.set(record.id, this.newFeed());
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

  /** Where the text of a speech goes that is spoken while it is written; undefined where none is taken. */
  feed(id: string): TextFeed | undefined {
    return this.feeds.get(id);
  }

  /** Why text for a session is not taken: `conflict` when its speech is over, `not_found`. */
  async refusedText(id: string): Promise<SpeechError> {
    return this.get(id).then(textHasEnded, toSpeechError);
  }

  /** One speech for one reader who takes it at once; its audio is not kept, its record is. */
  speakOnce(request: SpeechRequest, call: CallContext, feed?: TextFeed): AsyncGenerator<SpeechPart, void, undefined> {
    const record = this.newRecord(call.sessionId, request);
    return this.recorded(record, this.options.gateway.speak(request, call, feed));
  }

  /** Throws `not_found`. */
  async get(id: string): Promise<SessionRecord> {
    const record = await this.options.store.get(id);
    if (record) return record;
    throw new SpeechError('not_found', 'There is no such session, or it has expired.', { param: 'session_id' });
  }

  /**
   * The parts after `afterSeq` and what follows; the first reader starts the speech, one reader at a time. Throws
   * `not_found`, `conflict` for a second reader, and `invalid_request` for an `afterSeq` that was never made.
   */
  async open(id: string, call: SessionCall & { signal: AbortSignal }, afterSeq = -1): Promise<SpeechStream> {
    const record = await this.get(id);
    if (call.signal.aborted) throw abortReason(call.signal);
    const live = this.live.get(id) ?? (await this.beginFor(record, call, afterSeq));
    if (live.expired) throw this.notResumed();
    // Only a reader that is let in wakes the speech: one that is refused, or has gone meanwhile, costs nothing.
    const parts = live.kept.read(afterSeq, call.signal);
    const visit = {};
    live.visit = visit;
    clearTimeout(live.window);
    live.suspension.resume();
    return this.leaving(live, visit, parts);
  }

  private async beginFor(record: SessionRecord, call: SessionCall, afterSeq: number): Promise<LiveSession> {
    if (isFinal(record.state)) throw gone(record);
    if (afterSeq >= 0) {
      throw new SpeechError('invalid_request', 'This session has not begun to speak.', { param: 'after_seq' });
    }
    return this.begin(record, call, false);
  }

  private notResumed(): SpeechError {
    const seconds = this.options.resumeWindowMs() / 1000;
    return new SpeechError(
      'not_found',
      `This session was cancelled: its reader did not come back within ${seconds} s (sessions.resume_window_s).`,
      { param: 'session_id' },
    );
  }

  /** The finished audio of a session; undefined while it is still being made or has not begun. */
  async finishedAudio(id: string): Promise<{ record: SessionRecord; audio: KeptSpeech['audio'] } | undefined> {
    const record = await this.get(id);
    if (!isFinal(record.state)) return undefined;
    const audio = this.options.spool.get(id);
    if (this.live.get(id)?.expired) throw this.notResumed();
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
    this.closeFeed(id);
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
    this.closeFeed(id);
    void this.options.spool.get(id)?.delete();
  }

  private newRecord(id: string, request: SpeechRequest): SessionRecord {
    const now = Date.now();
    return { id, request, state: 'created', createdAtMs: now, expiresAtMs: now + this.options.ttlMs() };
  }

  /** Once, however many readers come at the same time. */
  private begin(record: SessionRecord, call: SessionCall, detached: boolean): Promise<LiveSession> {
    const beginning =
      this.beginning.get(record.id) ??
      this.start(record, call, detached).finally(() => this.beginning.delete(record.id));
    this.beginning.set(record.id, beginning);
    return beginning;
  }

  private async start(record: SessionRecord, call: SessionCall, detached: boolean): Promise<LiveSession> {
    const abort = new AbortController();
    const audio = await this.options.spool.create(record.id);
    const latest = await this.get(record.id);
    if (isFinal(latest.state)) {
      await audio.delete();
      throw gone(latest); // cancelled meanwhile
    }
    const kept = new KeptSpeech(audio, { maxUnreadBytes: this.options.maxUnreadBytes() });
    const suspension = new SuspensionSwitch();
    const live: LiveSession = { kept, abort, suspension, detached };
    this.live.set(record.id, live);
    this.suspend(live);
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
      this.closeFeed(record.id);
    });
    return live;
  }

  private closeFeed(id: string): void {
    this.feeds.get(id)?.close();
    this.feeds.delete(id);
  }

  // What nobody hears is not paid for: when the reader leaves, the provider is closed at once, and the speech waits
  // for a reader who comes back. One who cancelled, or whose window has passed, does not.
  private async *leaving(
    live: LiveSession,
    visit: object,
    parts: SpeechStream,
  ): AsyncGenerator<SpeechPart, void, undefined> {
    try {
      yield* parts;
    } finally {
      // A door may take a while to see that its client has gone; the same client may be back through another by then.
      if (live.visit === visit) this.suspend(live);
    }
  }

  private suspend(live: LiveSession): void {
    if (live.kept.finished || live.detached) return;
    live.suspension.suspend();
    live.window = setTimeout(() => {
      live.expired = true;
      live.abort.abort(new SpeechError('cancelled', 'The reader left and did not come back.'));
    }, this.options.resumeWindowMs());
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
