interface Key {
  readonly value: string;
  benchedUntilMs: number;
}

/** Several keys of one account: used in turn, and the ones that were refused sit out for a while. */
export class KeyRing {
  private readonly keys: Key[];
  private turn = 0;

  constructor(values: readonly string[]) {
    this.keys = values.map((value) => ({ value, benchedUntilMs: 0 }));
  }

  get size(): number {
    return this.keys.length;
  }

  /** Keys that are not benched. */
  get usable(): number {
    return this.keys.filter(({ benchedUntilMs }) => benchedUntilMs <= performance.now()).length;
  }

  /**
   * The next key that is not in `tried`. A benched key is only given when nothing was tried yet and all are benched:
   * then the one whose time is up first. Undefined: there is none (left).
   */
  next(tried: ReadonlySet<string> = new Set()): string | undefined {
    if (this.keys.length === 0) return undefined;
    const now = performance.now();
    const inTurn = this.keys.map((_, i) => this.keys[(this.turn + i) % this.keys.length]!);
    const left = inTurn.filter(({ value }) => !tried.has(value));
    const free = left.find(({ benchedUntilMs }) => benchedUntilMs <= now);
    const chosen = free ?? (tried.size === 0 ? soonest(left) : undefined);
    if (chosen) this.turn = (this.keys.indexOf(chosen) + 1) % this.keys.length;
    return chosen?.value;
  }

  bench(value: string, forMs: number): void {
    const key = this.keys.find((candidate) => candidate.value === value);
    if (key) key.benchedUntilMs = performance.now() + forMs;
  }
}

function soonest(keys: readonly Key[]): Key | undefined {
  return keys.reduce<Key | undefined>((a, b) => (a && a.benchedUntilMs <= b.benchedUntilMs ? a : b), undefined);
}
