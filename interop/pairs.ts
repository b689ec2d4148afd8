import { directPair } from './direct/direct-pair.ts';
import { enginePair, engineRate } from './from-engine/engine-pair.ts';
import { cartOnFlink } from './on-flink/cart-on-flink.ts';
import { apache, fork } from './on-flink/flink-runtime.ts';
import { rateOnFlink, smokeOnFlink } from './on-flink/smoke-on-flink.ts';
import type { Pair } from './runner/outcome.ts';
import { officialJavaScript, officialSdks, ours } from './runner/sdks.ts';

/** In the order in which they run: what is quick and tells most comes first. */
export const pairs: readonly Pair[] = [
  ...[ours, ...officialSdks].map(directPair),
  ...[ours, ...officialSdks].map(enginePair),
  smokeOnFlink(apache, officialJavaScript),
  smokeOnFlink(apache, ours),
  cartOnFlink(apache),
  smokeOnFlink(fork, ours),
  cartOnFlink(fork),
  engineRate(officialJavaScript),
  rateOnFlink(apache, officialJavaScript),
];
