import { silentLog, type Log } from '../core/call-context.js';
import type { HostFactory, HostPool, HostPoolSpec, HostPoolStats } from '../core/host.js';
import { ForkedHostPool } from './host-pool.js';
import { HOST_TIMING, type HostTiming } from './host-timing.js';

export interface HostFactoryOptions {
  readonly log?: Log;
  /** A process of `pool` is started again. */
  onRestart?(pool: string): void;
  /** A job of `pool` has left the queue after `waitMs`. */
  onQueueWait?(pool: string, waitMs: number): void;
  readonly timing?: Partial<HostTiming>;
}

/** Makes pools and knows those that are open. */
export interface HostRegistry extends HostFactory {
  /** By pool name; pools of one name (an old and a new config during a reload) are added up. */
  stats(): Record<string, HostPoolStats>;
  /** Closes every pool; leaves no process behind. */
  close(drainMs?: number): Promise<void>;
}

/** Pools of forked processes. Nothing is started before a pool's first `ready()` or `open()`. */
export function createHostFactory(options: HostFactoryOptions = {}): HostRegistry {
  const pools = new Map<ForkedHostPool, string>();
  const timing = { ...HOST_TIMING, ...options.timing };
  return {
    pool(spec: HostPoolSpec): HostPool {
      const pool: ForkedHostPool = new ForkedHostPool({
        spec,
        timing,
        log: options.log ?? silentLog,
        onRestart: () => options.onRestart?.(spec.name),
        onQueueWait: (waitMs) => options.onQueueWait?.(spec.name, waitMs),
        onClosed: () => pools.delete(pool),
      });
      pools.set(pool, spec.name);
      return pool;
    },
    stats(): Record<string, HostPoolStats> {
      const byName: Record<string, HostPoolStats> = {};
      for (const [pool, name] of pools) byName[name] = add(byName[name], pool.stats());
      return byName;
    },
    async close(drainMs = 0): Promise<void> {
      await Promise.all([...pools.keys()].map((pool) => pool.close(drainMs)));
    },
  };
}

function add(a: HostPoolStats | undefined, b: HostPoolStats): HostPoolStats {
  if (!a) return b;
  return {
    hosts: a.hosts + b.hosts,
    ready: a.ready + b.ready,
    active: a.active + b.active,
    queued: a.queued + b.queued,
    restarts: a.restarts + b.restarts,
  };
}
