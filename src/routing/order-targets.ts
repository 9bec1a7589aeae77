import type { ResolvedRoute, Target } from './target.js';

/** What is known of the targets at the moment. */
export interface TargetView {
  /** False: its breaker is open or its provider is not there. */
  healthy(target: Target): boolean;
  /** Recent median time to first audio; undefined while unknown. */
  firstAudioMs(target: Target): number | undefined;
}

/** So often `fastest` asks another target first, or it would never learn that one has become faster. */
export const EXPLORED_SHARE = 0.05;

/**
 * The targets of a route in the order in which they should be asked. Pure but for `random` (0 ≤ x < 1).
 * Every target is in the answer once; those that are sick come last, in the same order among themselves.
 */
export function orderTargets(route: ResolvedRoute, view: TargetView, random: () => number): readonly Target[] {
  const ordered = byStrategy(route, view, random);
  const health = new Map(ordered.map((target) => [target, view.healthy(target)]));
  return [...ordered.filter((target) => health.get(target)), ...ordered.filter((target) => !health.get(target))];
}

function byStrategy(route: ResolvedRoute, view: TargetView, random: () => number): readonly Target[] {
  switch (route.strategy ?? 'priority') {
    case 'priority':
      return route.targets;
    case 'weighted':
      return shuffledByWeight(route.targets, random);
    case 'fastest':
      return explored(
        sortedBy(route.targets, (target) => view.firstAudioMs(target)),
        view,
        random,
      );
    case 'cheapest':
      return sortedBy(route.targets, ({ price }) => price);
  }
}

/** Each place is drawn by weight among those that are left: the smallest -ln(u)/w is such a draw. */
function shuffledByWeight(targets: readonly Target[], random: () => number): readonly Target[] {
  const keys = new Map(targets.map((target) => [target, -Math.log(1 - random()) / (target.weight ?? 1)]));
  return sortedBy(targets, (target) => keys.get(target));
}

/** Ascending; what has no value comes last; equals keep the operator's order. */
function sortedBy(targets: readonly Target[], valueOf: (target: Target) => number | undefined): readonly Target[] {
  const valued = targets.map((target) => {
    const value = valueOf(target) ?? Infinity;
    return { target, value: Number.isNaN(value) ? Infinity : value };
  });
  // Infinity - Infinity is no number, and would be no order.
  return valued.sort((a, b) => (a.value === b.value ? 0 : a.value - b.value)).map(({ target }) => target);
}

/** Now and then one of the others first, an unmeasured one before all. */
function explored(targets: readonly Target[], view: TargetView, random: () => number): readonly Target[] {
  if (targets.length < 2 || random() >= EXPLORED_SHARE) return targets;
  const others = targets.slice(1).filter((target) => view.healthy(target));
  const unmeasured = others.filter((target) => view.firstAudioMs(target) === undefined);
  const choice = unmeasured.length > 0 ? unmeasured : others;
  const chosen = choice[Math.floor(random() * choice.length)];
  return chosen ? [chosen, ...targets.filter((target) => target !== chosen)] : targets;
}
