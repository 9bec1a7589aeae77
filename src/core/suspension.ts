/** Whether a speech is wanted at the moment: its client has left and may come back, or is there. */
export interface Suspension {
  readonly suspended: boolean;
  /** Called at each suspension; returns how to stop being called. */
  onSuspend(listener: () => void): () => void;
  /** Resolves when the client is there. */
  resumed(): Promise<void>;
}

export class SuspensionSwitch implements Suspension {
  private readonly listeners = new Set<() => void>();
  private waiting: (() => void)[] = [];
  suspended = false;

  suspend(): void {
    if (this.suspended) return;
    this.suspended = true;
    for (const listener of this.listeners) listener();
  }

  resume(): void {
    this.suspended = false;
    const waiting = this.waiting;
    this.waiting = [];
    for (const wake of waiting) wake();
  }

  onSuspend(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  resumed(): Promise<void> {
    return this.suspended ? new Promise((resolve) => this.waiting.push(resolve)) : Promise.resolve();
  }
}
