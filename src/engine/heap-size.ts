import { getHeapStatistics } from 'node:v8';

const mebibyte = 1024 * 1024;

/** V8 has three of them, 16 MiB each unless an option says otherwise, and counts them in its limit. */
const semiSpaces = 3;
const semiSpaceMebibytes = 16;

/** The room in the heap for objects that stay, in bytes: V8's limit without its semi-spaces, which hold only what was made a moment ago. */
export function lastingHeapBytesMax(
  limitBytes = getHeapStatistics().heap_size_limit,
  options: readonly string[] = [process.env['NODE_OPTIONS'] ?? '', ...process.execArgv],
): number {
  const named = [...options.join(' ').matchAll(/--max[-_]semi[-_]space[-_]size[= ](\d+)/g)].at(-1)?.[1];
  const semiSpaceBytes = (named === undefined ? semiSpaceMebibytes : Number(named)) * mebibyte;
  // Options of other versions of V8 may mean something else: half of the limit is there in any case.
  return Math.max(limitBytes - semiSpaces * semiSpaceBytes, limitBytes / 2);
}
