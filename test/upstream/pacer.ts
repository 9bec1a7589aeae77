const SLOTS = 1024;

interface Due {
  readonly slot: number;
  readonly atMs: number;
  readonly task: (atMs: number) => void;
}

/** One ticking clock for thousands of paced streams. Times are absolute: pacing does not drift, and a late tick is made up for. */
export class Pacer {
  private readonly slots: Due[][] = Array.from({ length: SLOTS }, () => []);
  private now = 0;
  private waiting = 0;
  private timer: NodeJS.Timeout | undefined;

  /** Calls `task(atMs)` once at `atMs` of `performance.now()`. */
  at(atMs: number, task: (atMs: number) => void): void {
    if (this.waiting === 0) this.now = Math.floor(performance.now());
    this.waiting += 1;
    const slot = Math.max(Math.ceil(atMs), this.now + 1);
    this.slots[slot % SLOTS]!.push({ slot, atMs, task });
    this.timer ??= setTimeout(this.tick, 1);
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const slot of this.slots) slot.length = 0;
    this.waiting = 0;
  }

  private readonly tick = (): void => {
    this.timer = undefined;
    const until = Math.floor(performance.now());
    while (this.now < until) {
      this.now += 1;
      const index = this.now % SLOTS;
      const due = this.slots[index]!;
      if (due.length === 0) continue;
      this.slots[index] = due.filter(({ slot }) => slot > this.now);
      for (const { slot, atMs, task } of due) {
        if (slot > this.now) continue;
        this.waiting -= 1;
        task(atMs);
      }
    }
    if (this.waiting > 0) this.timer ??= setTimeout(this.tick, 1);
  };
}
