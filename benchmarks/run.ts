/*
 * Measures how fast the framework is on this machine, and prints the goals beside the figures. It asserts nothing. Options: BENCHMARKS.md.
 *
 *   npm run bench -- [cart]     the shopping cart on the engine, beside a bare loop
 *   npm run bench -- cost       what an event costs as addresses, events, messages and state grow
 *   npm run bench -- store      the log store, beside LevelDB and LMDB
 *   npm run bench -- peers      the shopping cart on this engine, Flink StateFun and Restate
 *   npm run bench -- start      how long the command takes to start
 *   npm run bench -- profile    where the time of CPU profiles went
 */
import { runCart } from './cart-run.ts';
import { runCost } from './cost/run.ts';
import { runPeers } from './peers/run.ts';
import { runProfile } from './profile-run.ts';
import { runStart } from './start/run.ts';
import { runStore } from './store-run.ts';

const benchmarks: Readonly<Record<string, (parameters: readonly string[]) => Promise<void>>> = {
  cart: runCart,
  cost: runCost,
  peers: runPeers,
  profile: runProfile,
  start: runStart,
  store: runStore,
};

async function main(parameters: readonly string[]): Promise<void> {
  const [first = 'cart', ...rest] = parameters[0]?.startsWith('-') === true ? ['cart', ...parameters] : parameters;
  const benchmark = benchmarks[first];
  if (benchmark === undefined) throw new Error(`there is no benchmark "${first}"; there are: ${Object.keys(benchmarks).join(', ')}`);
  await benchmark(rest);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
