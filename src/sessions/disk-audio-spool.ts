import { createReadStream } from 'node:fs';
import { mkdtemp, mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { SpeechError } from '../core/speech-error.js';
import type { AudioSpool, SpooledAudio } from './audio-spool.js';

export interface DiskAudioSpoolOptions {
  /** A folder of this process's own is made inside, and removed on `close`. */
  readonly dir: string;
  readonly maxBytes: number;
}

/** One file a speech, in a folder that no other process shares. */
export class DiskAudioSpool implements AudioSpool {
  private readonly clips = new Map<string, DiskClip>();
  private held = 0;
  private count = 0;

  private constructor(
    private readonly dir: string,
    private readonly maxBytes: number,
  ) {}

  static async open({ dir, maxBytes }: DiskAudioSpoolOptions): Promise<DiskAudioSpool> {
    await mkdir(dir, { recursive: true });
    return new DiskAudioSpool(await mkdtemp(join(dir, 'speech-')), maxBytes);
  }

  // The file is named by a counter: session ids are chosen by clients in later doors and must not become paths.
  async create(id: string): Promise<SpooledAudio> {
    const path = join(this.dir, String(this.count++));
    const clip = new DiskClip(path, await open(path, 'wx+'), {
      reserve: (bytes) => this.reserve(bytes),
      release: (bytes) => {
        this.held -= bytes;
        this.clips.delete(id);
      },
    });
    this.clips.set(id, clip);
    return clip;
  }

  get(id: string): SpooledAudio | undefined {
    return this.clips.get(id);
  }

  private async reserve(bytes: number): Promise<void> {
    for (const clip of this.clips.values()) {
      if (this.held + bytes <= this.maxBytes) break;
      if (clip.sealed) await clip.delete();
    }
    if (this.held + bytes > this.maxBytes) {
      throw new SpeechError(
        'unavailable',
        'The store for session audio is full; try again when sessions have expired.',
        {
          retryAfterMs: 5000,
        },
      );
    }
    this.held += bytes;
  }

  async close(): Promise<void> {
    await Promise.all([...this.clips.values()].map((clip) => clip.delete()));
    await rm(this.dir, { recursive: true, force: true });
  }
}

interface Space {
  reserve(bytes: number): Promise<void>;
  release(bytes: number): void;
}

class DiskClip implements SpooledAudio {
  bytes = 0;
  sealed = false;
  private reserved = 0;
  private deleted: Promise<void> | undefined;
  private writing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly space: Space,
  ) {}

  async append(data: Buffer): Promise<void> {
    const position = this.bytes;
    this.bytes += data.length;
    const write = this.writing.then(async () => {
      await this.space.reserve(data.length);
      this.reserved += data.length;
      await this.file.write(data, 0, data.length, position);
    });
    this.writing = write.catch(() => {}); // the caller gets the failure; the chain must go on to close the file
    await write;
  }

  async read(from: number, to: number): Promise<Buffer> {
    await this.writing;
    const buffer = Buffer.allocUnsafe(to - from);
    const { bytesRead } = await this.file.read(buffer, 0, buffer.length, from);
    if (bytesRead !== buffer.length) throw new SpeechError('internal', 'The stored audio is shorter than its record.');
    return buffer;
  }

  stream(from: number, to: number): Readable {
    return createReadStream(this.path, { start: from, end: to - 1 });
  }

  seal(): void {
    this.sealed = true;
  }

  delete(): Promise<void> {
    this.deleted ??= this.writing.then(async () => {
      this.space.release(this.reserved);
      await this.file.close();
      await rm(this.path, { force: true });
    });
    return this.deleted;
  }
}
