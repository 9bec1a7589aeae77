/** What waits for a worker. */
export interface Waiting {
  /** Whose it is: sessions take turns, so that a long one does not keep the others from their next sentence. */
  readonly session: string;
  readonly model: string;
  readonly batch: boolean;
}

/** First those that someone listens to, then batch work; within each the sessions take turns. */
export class WaitingLine<T extends Waiting> {
  private readonly classes = [new Map<string, T[]>(), new Map<string, T[]>()] as const;
  private readonly depths = new Map<string, number>();

  get size(): number {
    return [...this.depths.values()].reduce((sum, depth) => sum + depth, 0);
  }

  /** How many wait for one model. */
  depth(model: string): number {
    return this.depths.get(model) ?? 0;
  }

  push(item: T): void {
    const sessions = this.classOf(item);
    const line = sessions.get(item.session);
    if (line) line.push(item);
    else sessions.set(item.session, [item]);
    this.depths.set(item.model, this.depth(item.model) + 1);
  }

  remove(item: T): void {
    const sessions = this.classOf(item);
    const line = sessions.get(item.session);
    const at = line?.indexOf(item) ?? -1;
    if (!line || at < 0) return;
    line.splice(at, 1);
    if (line.length === 0) sessions.delete(item.session);
    const left = this.depth(item.model) - 1;
    if (left === 0) this.depths.delete(item.model);
    else this.depths.set(item.model, left);
  }

  /** Hands the next one whose turn it is to `take`, until that has no place for any; its session goes to the back. */
  drain(take: (item: T) => boolean): void {
    for (const sessions of this.classes) {
      for (let moved = true; moved;) {
        moved = false;
        for (const [session, [item]] of Array.from(sessions)) {
          if (!item || !take(item)) continue;
          this.remove(item);
          const rest = sessions.get(session);
          sessions.delete(session);
          if (rest) sessions.set(session, rest);
          moved = true;
        }
      }
    }
  }

  private classOf({ batch }: T): Map<string, T[]> {
    return this.classes[batch ? 1 : 0];
  }
}
