import { ProviderBreaker, type BreakerState } from '../policies/provider-breaker.js';
import { ShareBudget } from '../policies/share-budget.js';
import { SlotPool } from '../policies/slot-pool.js';
import type { ProviderPolicies } from './gateway-settings.js';

/** What all speeches of one provider share. */
export interface ProviderGuard {
  readonly breaker: ProviderBreaker;
  readonly slots: SlotPool;
  readonly retries: ShareBudget;
}

export interface GuardObserver {
  breakerChanged(provider: string, state: BreakerState): void;
  slotWaited(provider: string, waitMs: number): void;
}

/** One guard a provider, made when it is first asked. */
export class ProviderGuards {
  private readonly guards = new Map<string, ProviderGuard>();

  constructor(
    private readonly policies: (provider: string) => ProviderPolicies,
    private readonly observer: GuardObserver,
  ) {}

  of(provider: string): ProviderGuard {
    const known = this.guards.get(provider);
    if (known) return known;
    const guard = this.open(provider, this.policies(provider));
    this.guards.set(provider, guard);
    return guard;
  }

  /** True while its breaker lets calls through; also of a provider that was never asked. */
  usable(provider: string): boolean {
    return this.guards.get(provider)?.breaker.usable ?? true;
  }

  /** Calls that wait for a slot, by provider. */
  depths(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.guards].map(([provider, { slots }]) => [provider, slots.depth]));
  }

  private open(provider: string, { breaker, slots, retry }: ProviderPolicies): ProviderGuard {
    const { observer } = this;
    return {
      breaker: new ProviderBreaker({
        provider,
        errorPercent: breaker.error_percent,
        windowMs: breaker.window_ms,
        resetMs: breaker.reset_ms,
        volume: breaker.volume,
        onState: (state) => observer.breakerChanged(provider, state),
      }),
      slots: new SlotPool({
        provider,
        maxActive: slots.per_provider,
        maxQueued: slots.queue,
        onWait: (waitMs) => observer.slotWaited(provider, waitMs),
      }),
      retries: new ShareBudget(retry.budget),
    };
  }

  close(): void {
    for (const { breaker } of this.guards.values()) breaker.close();
  }
}
