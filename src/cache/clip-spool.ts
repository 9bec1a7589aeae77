import { open, rm, type FileHandle } from 'node:fs/promises';
import { SpeechError } from '../core/speech-error.js';
import type { StoredClip } from './clip-store.js';

export interface ClipSpoolOptions {
  /** Held in memory; what is older goes to a file. */
  readonly maxMemoryBytes: number;
  /** Kept in all. Beyond it nobody can join any more, and what all readers have taken is dropped. */
  readonly maxBytes: number;
  /** Of the file, which is made when it is needed and has no name any more once it is open. */
  readonly path: string;
}

/** Where a reader is. */
interface Position {
  at: number;
  gone: boolean;
}

interface Piece {
  readonly from: number;
  readonly data: Buffer;
}

const BLOCK_BYTES = 64 * 1024;

/**
 * The bytes of one running speech from their start, for several readers that each go at their own pace. Bounded in
 * memory: old bytes go to disk, and a writer that awaits `append` is held up while there is no room.
 */
export class ClipSpool {
  private pieces: Piece[] = [];
  private heldBytes = 0;
  private fileBytes = 0;
  private file: FileHandle | undefined;
  private readonly positions = new Set<Position>();
  private waiting: (() => void)[] = [];
  private onWanted: (() => void) | undefined;
  private onTaken: (() => void) | undefined;
  private state: 'open' | 'ended' = 'open';
  private failure: SpeechError | undefined;
  bytes = 0;
  /** Everything since the start is still here. */
  whole = true;

  constructor(private readonly options: ClipSpoolOptions) {}

  /** Bytes in memory. */
  get memoryBytes(): number {
    return this.heldBytes;
  }

  /** Resolves when a reader waits for more than there is, or the spool has ended. */
  async wanted(): Promise<void> {
    if (this.waiting.length === 0 && this.state === 'open')
      await new Promise<void>((resolve) => (this.onWanted = resolve));
    this.onWanted = undefined;
  }

  /** Resolves when there is room for more. */
  async append(data: Buffer): Promise<void> {
    this.pieces.push({ from: this.bytes, data });
    this.bytes += data.length;
    this.heldBytes += data.length;
    this.wake();
    if (this.heldBytes <= this.options.maxMemoryBytes) return;
    if (this.bytes <= this.options.maxBytes) await this.spill();
    else await this.dropTaken();
  }

  /** No more comes. The first end counts. */
  end(failure?: SpeechError): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.failure = failure;
    this.wake();
    this.onWanted?.();
  }

  /** From the start to the end; single use. `leave` ends it, also while it waits. Throws what the speech ended with. */
  reader(): { readonly pieces: AsyncIterable<Buffer>; leave(): void } {
    const position: Position = { at: 0, gone: false };
    this.positions.add(position);
    const leave = (): void => {
      position.gone = true;
      this.forget(position);
      this.wake();
    };
    return { pieces: this.read(position), leave };
  }

  /** Of an ended spool that is still whole. */
  asClip(): StoredClip {
    return { bytes: this.bytes, read: () => this.reader().pieces };
  }

  async close(): Promise<void> {
    this.pieces = [];
    await this.file?.close();
  }

  private async *read(position: Position): AsyncGenerator<Buffer, void, undefined> {
    try {
      while (!position.gone) {
        const data = position.at < this.fileBytes ? await this.readFile(position.at) : this.inMemory(position.at);
        if (data) {
          position.at += data.length;
          this.onTaken?.();
          yield data;
        } else if (this.state === 'open') {
          await this.more();
        } else {
          if (this.failure) throw this.failure;
          return;
        }
      }
    } finally {
      this.forget(position);
    }
  }

  private forget(position: Position): void {
    this.positions.delete(position);
    this.onTaken?.();
  }

  private more(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.onWanted?.();
    });
  }

  private wake(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const wake of waiting) wake();
  }

  /** The piece that begins at `at`, by halving: a reader may be anywhere. */
  private inMemory(at: number): Buffer | undefined {
    let low = 0;
    let high = this.pieces.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const piece = this.pieces[middle];
      if (!piece || piece.from === at) return piece?.data;
      if (piece.from < at) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  private async readFile(at: number): Promise<Buffer> {
    const block = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, this.fileBytes - at));
    const result = await this.file?.read(block, 0, block.length, at);
    if (!result?.bytesRead) throw new SpeechError('internal', 'The spool of a shared speech cannot be read.');
    return block.subarray(0, result.bytesRead);
  }

  /** All but the newest quarter goes to the file in one write. */
  private async spill(): Promise<void> {
    const keep = this.options.maxMemoryBytes / 4;
    const count = this.pieces.findIndex(({ from }) => from >= this.bytes - keep);
    const old = this.pieces.slice(0, Math.max(1, count));
    this.file ??= await this.openFile();
    const { bytesWritten } = await this.file.writev(
      old.map(({ data }) => data),
      this.fileBytes,
    );
    const bytes = old.reduce((sum, { data }) => sum + data.length, 0);
    if (bytesWritten !== bytes) throw new SpeechError('internal', 'The spool of a shared speech has no room.');
    this.fileBytes += bytes;
    this.heldBytes -= bytes;
    this.pieces = this.pieces.slice(old.length);
  }

  // Without a name it is gone with the process, however that ends.
  private async openFile(): Promise<FileHandle> {
    const file = await open(this.options.path, 'wx+');
    await rm(this.options.path);
    return file;
  }

  /** Too long to be kept: from here on the slowest reader sets the pace. */
  private async dropTaken(): Promise<void> {
    this.whole = false;
    for (;;) {
      const taken = Math.min(...[...this.positions].map(({ at }) => at), this.bytes);
      const left = this.pieces.filter(({ from, data }) => from + data.length > taken);
      this.pieces = left;
      this.heldBytes = left.reduce((sum, { data }) => sum + data.length, 0);
      if (this.heldBytes <= this.options.maxMemoryBytes || this.positions.size === 0) break;
      await new Promise<void>((resolve) => (this.onTaken = resolve));
    }
    this.onTaken = undefined;
  }
}
