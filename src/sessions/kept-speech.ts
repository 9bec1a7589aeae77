import { abortable } from '../core/abort.js';
import { abortReason, SpeechError, toSpeechError } from '../core/speech-error.js';
import type { AudioPart, SpeechPart, SpeechStream } from '../core/speech-part.js';
import type { SpooledAudio } from './audio-spool.js';

/** One part of a kept speech; audio bytes live in the spool and, until they are read, in memory. */
type Entry = { readonly part: Exclude<SpeechPart, AudioPart> } | AudioEntry;

interface AudioEntry {
  readonly seq: number;
  readonly segment: number;
  readonly from: number;
  readonly to: number;
  data: Buffer | undefined;
}

export interface KeptSpeechOptions {
  /** Unread audio held in memory; beyond it the speech waits for its reader, or lives on disk while it has none. */
  readonly maxUnreadBytes: number;
}

/**
 * A speech whose parts are kept, so that one reader can follow it live, come back after `seq`, or come after its end.
 * It runs by itself from `run` on; a reader that is slow slows it down.
 */
export class KeptSpeech {
  private readonly entries: Entry[] = [];
  private failure: SpeechError | undefined;
  private ended = false;
  /** The one who reads now. */
  private reader: object | undefined;
  private unreadBytes = 0;
  private wakeReader: (() => void) | undefined;
  private wakeWriter: (() => void) | undefined;

  constructor(
    readonly audio: SpooledAudio,
    private readonly options: KeptSpeechOptions,
  ) {}

  get finished(): boolean {
    return this.ended;
  }

  /** Pulls `source` to its end, keeping every part. Never throws: the failure goes to the reader. */
  async run(source: SpeechStream): Promise<void> {
    try {
      for await (const part of source) {
        if (part.type === 'audio') await this.keepAudio(part);
        else this.entries.push({ part });
        this.wake('reader');
      }
    } catch (error) {
      this.failure = toSpeechError(error);
    } finally {
      this.ended = true;
      this.audio.seal();
      this.wake('reader');
    }
  }

  private async keepAudio(part: AudioPart): Promise<void> {
    const from = this.audio.bytes;
    const written = this.audio.append(part.data);
    const entry: AudioEntry = { seq: part.seq, segment: part.segment, from, to: this.audio.bytes, data: part.data };
    this.entries.push(entry);
    this.unreadBytes += part.data.length;
    this.wake('reader');
    await written;
    while (this.unreadBytes > this.options.maxUnreadBytes) {
      if (!this.reader) return this.forgetUnread();
      await new Promise<void>((resolve) => (this.wakeWriter = resolve));
    }
  }

  // Unread audio is a run at the end of the entries; a later reader finds it on disk.
  private forgetUnread(before = this.entries.length): void {
    for (let index = before - 1; index >= 0; index -= 1) {
      const entry = this.entries[index]!;
      if ('part' in entry) continue;
      if (entry.data === undefined) break;
      this.unreadBytes -= entry.data.length;
      entry.data = undefined;
    }
  }

  private wake(who: 'reader' | 'writer'): void {
    const wake = who === 'reader' ? this.wakeReader : this.wakeWriter;
    if (who === 'reader') this.wakeReader = undefined;
    else this.wakeWriter = undefined;
    wake?.();
  }

  /**
   * All parts after audio part `afterSeq` (-1: from the start), then what comes live.
   * Throws `conflict` while another reader is there and `invalid_request` for a part that was never made, both at
   * once; the stream throws what the speech failed with.
   */
  read(afterSeq: number, signal: AbortSignal): SpeechStream {
    if (this.reader) {
      throw new SpeechError('conflict', 'This session is already being streamed to another reader.');
    }
    if (signal.aborted) throw abortReason(signal);
    const first = this.indexAfter(afterSeq);
    const reader = {};
    this.reader = reader;
    // A reader that waits for the next part is parked in its generator: its place must be free before that wakes.
    const free = (): void => this.release(reader);
    signal.addEventListener('abort', free, { once: true });
    return abortable(this.follow(first, { reader, signal, free }), signal);
  }

  private release(reader: object): void {
    if (this.reader !== reader) return;
    this.reader = undefined;
    this.wake('reader');
    this.wake('writer');
  }

  private async *follow(
    first: number,
    { reader, signal, free }: { reader: object; signal: AbortSignal; free: () => void },
  ): AsyncGenerator<SpeechPart, void, undefined> {
    try {
      this.forgetUnread(first);
      for (let index = first; ; index += 1) {
        // Who cancelled does not want the rest that had been made already.
        if (this.failure?.code === 'cancelled') throw this.failure;
        while (index >= this.entries.length) {
          if (this.failure) throw this.failure;
          if (this.ended) return;
          await new Promise<void>((resolve) => (this.wakeReader = resolve));
          if (this.reader !== reader) return;
        }
        const entry = this.entries[index]!;
        yield 'part' in entry ? entry.part : await this.take(entry);
      }
    } finally {
      signal.removeEventListener('abort', free);
      this.release(reader);
    }
  }

  private indexAfter(seq: number): number {
    if (seq < 0) return 0;
    const index = this.entries.findIndex((entry) => 'seq' in entry && entry.seq === seq);
    if (index >= 0) return index + 1;
    throw new SpeechError('invalid_request', `There is no audio part ${seq} in this session yet.`, {
      param: 'after_seq',
    });
  }

  private async take(entry: AudioEntry): Promise<AudioPart> {
    const { data, seq, segment, from, to } = entry;
    if (data === undefined) return { type: 'audio', seq, segment, data: await this.audio.read(from, to) };
    entry.data = undefined;
    this.unreadBytes -= data.length;
    this.wake('writer');
    return { type: 'audio', seq, segment, data };
  }
}
