/** Removes as much as it can: halves first, then smaller pieces, as long as what is left still `fails`. */
export async function minimize<T>(items: readonly T[], fails: (left: readonly T[]) => Promise<boolean>): Promise<readonly T[]> {
  if (items.length === 0 || (await fails([]))) return [];
  let left = items;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < left.length;) {
      const without = [...left.slice(0, start), ...left.slice(start + size)];
      if (without.length > 0 && without.length < left.length && (await fails(without))) left = without;
      else start += size;
    }
  }
  return left;
}
