import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXPLORED_SHARE, orderTargets, type TargetView } from './order-targets.js';
import { STRATEGIES, type Target } from './target.js';

const target = fc.record({
  provider: fc.constantFrom('a', 'b', 'c', 'd'),
  voice: fc.string({ minLength: 1, maxLength: 3 }),
  weight: fc.option(fc.double({ min: 0, max: 10, noNaN: true }), { nil: undefined }),
  price: fc.option(fc.double({ min: 0, max: 100 }), { nil: undefined }),
});
const strategy = fc.constantFrom(...STRATEGIES, undefined);

function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const view = (sick: ReadonlySet<string> = new Set(), ms: Record<string, number> = {}): TargetView => ({
  healthy: ({ provider }) => !sick.has(provider),
  firstAudioMs: ({ provider }) => ms[provider],
});

describe('orderTargets', () => {
  it('is a permutation with the sick ones last, for every strategy', () => {
    fc.assert(
      fc.property(
        fc.array(target, { maxLength: 8 }),
        strategy,
        fc.subarray(['a', 'b', 'c', 'd']),
        fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.double({ min: 0, max: 5000 })),
        fc.integer(),
        (targets, chosen, sick, ms, seed) => {
          const known = view(new Set(sick), ms);
          const ordered = orderTargets({ targets, strategy: chosen }, known, seeded(seed));
          expect(ordered).toHaveLength(targets.length);
          expect(new Set(ordered)).toEqual(new Set(targets));
          const health = ordered.map((one) => known.healthy(one));
          expect(health).toEqual([...health].sort((a, b) => Number(b) - Number(a)));
        },
      ),
    );
  });

  it('keeps the order of the list where nothing tells the targets apart', () => {
    fc.assert(
      fc.property(
        fc.array(
          target.map(({ price: _price, ...rest }) => rest),
          { maxLength: 8 },
        ),
        (targets) => {
          expect(orderTargets({ targets }, view(), Math.random)).toEqual(targets);
          expect(orderTargets({ targets, strategy: 'cheapest' }, view(), Math.random)).toEqual(targets);
          expect(orderTargets({ targets, strategy: 'fastest' }, view(), () => 0.99)).toEqual(targets);
        },
      ),
    );
  });

  it('draws by weight', () => {
    const targets: Target[] = [
      { provider: 'a', voice: 'v', weight: 6 },
      { provider: 'b', voice: 'v', weight: 3 },
      { provider: 'c', voice: 'v' },
      { provider: 'd', voice: 'v', weight: 0 },
    ];
    const random = seeded(7);
    const firsts: Record<string, number> = {};
    for (let run = 0; run < 20_000; run += 1) {
      const ordered = orderTargets({ targets, strategy: 'weighted' }, view(), random);
      firsts[ordered[0]!.provider] = (firsts[ordered[0]!.provider] ?? 0) + 1;
      expect(ordered[3]!.provider).toBe('d');
    }
    expect(firsts['a']! / 20_000).toBeCloseTo(0.6, 1);
    expect(firsts['b']! / 20_000).toBeCloseTo(0.3, 1);
    expect(firsts['c']! / 20_000).toBeCloseTo(0.1, 1);
  });

  it('asks the cheapest first, those without a price last', () => {
    const targets: Target[] = [
      { provider: 'a', voice: 'v' },
      { provider: 'b', voice: 'v', price: 15 },
      { provider: 'c', voice: 'v', price: 0 },
    ];
    const ordered = orderTargets({ targets, strategy: 'cheapest' }, view(), Math.random);
    expect(ordered.map(({ provider }) => provider)).toEqual(['c', 'b', 'a']);
  });

  it('asks the fastest first and explores a few percent of the time, unmeasured ones before all', () => {
    const targets = ['a', 'b', 'c'].map((provider): Target => ({ provider, voice: 'v' }));
    const random = seeded(3);
    const known = view(new Set(), { a: 300, b: 100 });
    const firsts = Array.from(
      { length: 10_000 },
      () => orderTargets({ targets, strategy: 'fastest' }, known, random)[0]!.provider,
    );
    const share = (provider: string): number => firsts.filter((first) => first === provider).length / firsts.length;
    expect(share('b')).toBeCloseTo(1 - EXPLORED_SHARE, 1);
    expect(share('c')).toBeGreaterThan(EXPLORED_SHARE / 2);
    expect(share('a')).toBe(0);
  });
});
