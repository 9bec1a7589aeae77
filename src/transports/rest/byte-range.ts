/**
 * The one range of a `Range` header as [from, to), `whole` when there is none or it is not understood, which RFC 9110
 * lets a server ignore; `unsatisfiable` when it lies outside the clip.
 */
export function byteRange(header: string | undefined, total: number): [number, number] | 'whole' | 'unsatisfiable' {
  const match = header === undefined ? null : /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  if (!match || (match[1] === '' && match[2] === '')) return 'whole';
  const [, first, last] = match;
  if (first === '') {
    const length = Math.min(Number(last), total);
    return length === 0 ? 'unsatisfiable' : [total - length, total];
  }
  const from = Number(first);
  const to = last === '' ? total : Math.min(Number(last) + 1, total);
  if (from >= total || to <= from) return 'unsatisfiable';
  return [from, to];
}
