/**
 * First in, first out for one key; the keys take turns. Small queues: removal is linear in one key's waiters.
 */
export class FairQueue<T extends { readonly key: string }> {
  private readonly lines = new Map<string, T[]>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  sizeOf(key: string): number {
    return this.lines.get(key)?.length ?? 0;
  }

  push(item: T): void {
    const line = this.lines.get(item.key);
    if (line) line.push(item);
    else this.lines.set(item.key, [item]);
    this.count += 1;
  }

  /** The next in turn; its key goes to the back. */
  shift(): T | undefined {
    for (const [key, line] of this.lines) {
      const item = line.shift();
      this.lines.delete(key);
      if (line.length > 0) this.lines.set(key, line);
      if (item !== undefined) this.count -= 1;
      return item;
    }
    return undefined;
  }

  remove(item: T): void {
    const line = this.lines.get(item.key);
    const at = line?.indexOf(item) ?? -1;
    if (!line || at < 0) return;
    line.splice(at, 1);
    if (line.length === 0) this.lines.delete(item.key);
    this.count -= 1;
  }

  /** The newest of the key with the most waiting, and how many those are. */
  greediest(): { readonly item: T; readonly waiting: number } | undefined {
    let longest: T[] | undefined;
    for (const line of this.lines.values()) if (line.length > (longest?.length ?? 0)) longest = line;
    const item = longest?.at(-1);
    return item === undefined || !longest ? undefined : { item, waiting: longest.length };
  }
}
