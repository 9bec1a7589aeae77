/** Fades `old` out over the beginning of `fresh`, in place; they overlap by `old.length`, or as far as `fresh` goes. */
export function crossfadeInto(fresh: Int16Array, old: Int16Array): void {
  const length = Math.min(old.length, fresh.length);
  for (let i = 0; i < length; i += 1) {
    const share = (i + 1) / (length + 1);
    fresh[i] = Math.round((old[i] ?? 0) * (1 - share) + (fresh[i] ?? 0) * share);
  }
}
