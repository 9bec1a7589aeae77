import { SuspensionSwitch, type Suspension } from '../core/suspension.js';

/** One speech for several clients is wanted as long as one of them is there. */
export class SharedSuspension {
  private readonly clients = new Map<object, boolean>();
  private readonly own = new SuspensionSwitch();

  get suspension(): Suspension {
    return this.own;
  }

  /** Returns how to leave. */
  join(suspension: Suspension | undefined): () => void {
    const client = {};
    const left = (): void => {
      this.note(client, true);
      void suspension?.resumed().then(() => this.note(client, false));
    };
    this.clients.set(client, false);
    const forget = suspension?.onSuspend(left);
    if (suspension?.suspended) left();
    else this.settle();
    return () => {
      forget?.();
      this.clients.delete(client);
      this.settle();
    };
  }

  private note(client: object, suspended: boolean): void {
    if (!this.clients.has(client)) return;
    this.clients.set(client, suspended);
    this.settle();
  }

  private settle(): void {
    const wanted = [...this.clients.values()].some((suspended) => !suspended);
    if (wanted) this.own.resume();
    else if (this.clients.size > 0) this.own.suspend();
  }
}
