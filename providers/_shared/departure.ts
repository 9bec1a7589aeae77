/**
 * Tells one listener that nobody waits any more. It is what an AbortSignal is, without its cost, which on Node 20 is
 * a good part of a short request: no event target, no weak references.
 */
export class Departure {
  private reason: Error | undefined;
  private listener: ((reason: Error) => void) | undefined;

  /** Follows a signal; for calls that are rare. */
  static of(signal: AbortSignal): Departure {
    const departure = new Departure();
    const leave = (): void => {
      const reason: unknown = signal.reason;
      departure.leave(reason instanceof Error ? reason : new Error('aborted', { cause: reason }));
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    return departure;
  }

  /** Why nobody waits; undefined as long as somebody does. */
  get left(): Error | undefined {
    return this.reason;
  }

  leave(reason: Error): void {
    if (this.reason) return;
    this.reason = reason;
    this.listener?.(reason);
  }

  /** One at a time; undefined: no more. */
  listen(listener: ((reason: Error) => void) | undefined): void {
    this.listener = listener;
  }
}
