import { directPair } from './direct/direct-pair.ts';
import { officialOnFlink } from './on-flink/smoke-on-flink.ts';
import type { Pair } from './runner/outcome.ts';
import { sdks } from './runner/sdks.ts';

/** In the order in which they run: what is quick and tells most comes first. */
export const pairs: readonly Pair[] = [...sdks.map(directPair), ...sdks.filter(({ name }) => name === 'javascript').map(officialOnFlink)];
