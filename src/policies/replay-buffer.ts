/** A stretch of the client's text, by UTF-16 offsets. */
export interface TextStretch {
  readonly textStart: number;
  readonly textEnd: number;
}

/**
 * Text that is written while it is spoken, kept until it is known to be spoken, so that another target can go on from
 * anywhere behind that. Bounded by what one speech may have under way: a reader is at most a few stretches ahead of
 * what is heard. One reader at a time; a new one takes over from the one before.
 */
export class ReplayBuffer<T extends TextStretch> {
  private readonly source: AsyncIterator<T>;
  private kept: T[] = [];
  private pulling: Promise<IteratorResult<T>> | undefined;
  private turn = 0;

  constructor(source: AsyncIterable<T>) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** Stretches that are still kept. */
  get size(): number {
    return this.kept.length;
  }

  /** Everything before `offset` has been heard and is not needed again. */
  spokenTo(offset: number): void {
    this.kept = this.kept.filter(({ textEnd }) => textEnd > offset);
  }

  /**
   * The stretches from the one that holds `offset` on, then those that are still to come. Whoever read before gets no
   * more. Leaving it does not close the source: the next target reads on.
   */
  async *from(offset: number): AsyncGenerator<T, void, undefined> {
    this.turn += 1;
    const { turn } = this;
    let next = offset;
    for (;;) {
      const kept = this.kept.find(({ textEnd }) => textEnd > next);
      if (kept) {
        next = kept.textEnd;
        yield kept;
      } else if (!(await this.pull())) return;
      if (turn !== this.turn) return;
    }
  }

  /** Nothing is read any more. */
  async close(): Promise<void> {
    this.turn += 1;
    await this.source.return?.();
  }

  // One pull for both while a reader that was replaced still waits in it: what comes must not be lost with that reader.
  private async pull(): Promise<boolean> {
    this.pulling ??= this.source.next();
    const { pulling } = this;
    const result = await pulling;
    if (this.pulling === pulling) {
      this.pulling = undefined;
      if (!result.done) this.kept.push(result.value);
    }
    return !result.done;
  }
}
