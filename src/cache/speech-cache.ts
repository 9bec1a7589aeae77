import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { abortable } from '../core/abort.js';
import type { CallContext, Log } from '../core/call-context.js';
import type { SpeechHandler, SpeechPolicy } from '../core/speech-handler.js';
import type { CacheResult, CompletePart, SpeechPart, SpeechStream, StartPart } from '../core/speech-part.js';
import type { SpeechRequest } from '../core/speech-request.js';
import { clipParts, forCall } from './clip-parts.js';
import type { ClipStore, ClipStoreStats, StoredClip } from './clip-store.js';
import { SharedSpeech } from './shared-speech.js';

export interface SpeechCacheOptions {
  readonly store: ClipStore;
  /** Folder for running speeches whose readers are far apart; files in it have no name while they are used. */
  readonly spoolDir: string;
  /** Of one running speech in memory, default 256 KiB; the rest is on disk. */
  readonly maxMemoryBytes?: number;
  /** Largest speech that is kept and shared, default 64 MiB. */
  readonly maxClipBytes?: number;
  readonly log: Log;
  readonly onResult?: (result: CacheResult) => void;
}

export interface CachePolicyOptions {
  /** See `cacheKey`; undefined: this request is not to be cached. */
  readonly keyOf: (request: SpeechRequest) => string | undefined;
  /** Default: a speech that one voice spoke from start to end; a clip of a substitute must not be kept as the original. */
  readonly keeps?: (start: StartPart, complete: CompletePart) => boolean;
}

/** Finished speeches and those that are being made, by what was asked. One for the gateway. */
export class SpeechCache {
  private readonly running = new Map<string, SharedSpeech>();
  private readonly lookups = new Map<string, Promise<StoredClip | undefined>>();
  private spools = 0;

  private constructor(private readonly options: SpeechCacheOptions) {}

  static async open(options: SpeechCacheOptions): Promise<SpeechCache> {
    await mkdir(options.spoolDir, { recursive: true });
    return new SpeechCache(options);
  }

  /**
   * A request that was spoken before is answered from the store; one that is being spoken is joined, from its start;
   * else it is spoken, and kept when it ended in `complete`. `start.cache` tells which. The speech goes on while anyone
   * reads it and is cancelled when the last one leaves.
   */
  policy(options: CachePolicyOptions): SpeechPolicy {
    return (next) => (request, call) => this.speak(next, options, request, call);
  }

  stats(): ClipStoreStats & { readonly running: number } {
    return { ...this.options.store.stats(), running: this.running.size };
  }

  /** Waits for the speeches that are being kept, then closes the store. */
  async close(): Promise<void> {
    await Promise.all([...this.running.values()].map((speech) => speech.settled()));
    await this.options.store.close();
  }

  private async *speak(
    next: SpeechHandler,
    options: CachePolicyOptions,
    request: SpeechRequest,
    call: CallContext,
  ): AsyncGenerator<SpeechPart, void, undefined> {
    const key = request.cache === 'bypass' ? undefined : options.keyOf(request);
    if (key === undefined) {
      yield* this.told(next(request, call), call, 'bypass');
      return;
    }
    const stored = request.cache === 'default' ? await this.stored(key) : undefined;
    if (stored) {
      yield* this.told(stored, call, 'hit');
      return;
    }
    const running = request.cache === 'default' ? this.running.get(key) : undefined;
    const result = running?.joinable ? 'join' : 'miss';
    const speech = running?.joinable ? running : this.start(key, next, options, request);
    const reader = speech.read(call);
    try {
      yield* this.told(clipParts(reader.pieces), call, result);
    } finally {
      reader.leave();
    }
  }

  private told(parts: SpeechStream, call: CallContext, result: CacheResult): AsyncIterable<SpeechPart> {
    this.options.onResult?.(result);
    return forCall(abortable(parts, call.signal), call, result);
  }

  /** The kept clip with its first part read, so that one that has just been evicted is a miss and no failure. */
  private async stored(key: string): Promise<SpeechStream | undefined> {
    // A running speech is newer than anything kept, and a client that joins it must not wait for the disk.
    if (this.running.get(key)?.joinable) return undefined;
    const clip = await this.lookUp(key);
    if (!clip) return undefined;
    const parts = clipParts(clip.read());
    try {
      const first = await parts.next();
      return first.done ? undefined : startingWith(first.value, parts);
    } catch (err) {
      this.options.log.warn({ err }, 'a kept clip could not be read; it is spoken again');
      await this.options.store.delete(key);
      return undefined;
    }
  }

  /** One look into the store for all that ask at the same time. */
  private lookUp(key: string): Promise<StoredClip | undefined> {
    const running = this.lookups.get(key);
    if (running) return running;
    const { store, log } = this.options;
    const lookup = store
      .get(key)
      .catch((err: unknown) => {
        log.warn({ err }, 'the cache cannot be read');
        return undefined;
      })
      .finally(() => this.lookups.delete(key));
    this.lookups.set(key, lookup);
    return lookup;
  }

  private start(key: string, next: SpeechHandler, options: CachePolicyOptions, request: SpeechRequest): SharedSpeech {
    const { spoolDir, maxMemoryBytes = 256 * 1024, maxClipBytes = 64 * 1024 * 1024 } = this.options;
    const path = join(spoolDir, `${process.pid}-${(this.spools += 1)}.spool`);
    const speech = new SharedSpeech({
      spool: { maxMemoryBytes, maxBytes: maxClipBytes, path },
      speak: (call) => next(request, call),
      keep: (clip, start, complete) => this.keep(key, clip, (options.keeps ?? spokenByOneVoice)(start, complete)),
      onClosed: () => {
        if (this.running.get(key) === speech) this.running.delete(key);
      },
    });
    this.running.set(key, speech);
    return speech;
  }

  // A full disk is no reason to fail a speech that has been heard to its end.
  private async keep(key: string, clip: StoredClip, wanted: boolean): Promise<void> {
    if (!wanted) return;
    try {
      await this.options.store.put(key, clip);
    } catch (err) {
      this.options.log.warn({ err }, 'a clip could not be kept');
    }
  }
}

function spokenByOneVoice(start: StartPart, complete: CompletePart): boolean {
  return complete.seams === 0 && complete.voice === start.voice;
}

async function* startingWith(
  first: SpeechPart,
  rest: AsyncGenerator<SpeechPart, void, undefined>,
): AsyncGenerator<SpeechPart, void, undefined> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return();
  }
}
