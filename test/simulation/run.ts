/*
 * Simulates functions made to find mistakes, and the shopping cart:  npm run test:simulation -- --seeds 2000 [--seed S] [--replay LINE --of hostile]
 *
 * Without --seed the seeds are fresh ones; they are printed, so that a failure can be found again.
 */
import { parseArgs } from 'node:util';
import { simulate, type SimulationOptions } from 'statefun/testing';
import type { ApplicationDefinition } from 'statefun';
import cartApplication from '../../examples/shopping-cart/src/application.ts';
import { cartSimulation } from '../../examples/shopping-cart/test/simulation.ts';
import { chatterApplication, chatterOptions } from './chatter-application.ts';
import { floodApplication, floodOptions } from './flood-application.ts';
import { hostileApplication, hostileOptions } from './hostile-application.ts';
import { remoteApplication, remoteOptions } from './remote-application.ts';

interface Simulated {
  readonly name: string;
  readonly application: ApplicationDefinition;
  readonly options: SimulationOptions;
  /** Which part of the seeds it gets. */
  readonly share: number;
}

const all: readonly Simulated[] = [
  { name: 'hostile', application: hostileApplication, options: hostileOptions, share: 0.6 },
  { name: 'chatter', application: chatterApplication, options: chatterOptions, share: 0.1 },
  { name: 'flood', application: floodApplication, options: floodOptions, share: 0.05 },
  { name: 'remote', application: remoteApplication, options: remoteOptions, share: 0.15 },
  { name: 'cart', application: cartApplication, options: cartSimulation, share: 0.15 },
];

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: { seeds: { type: 'string', default: '2000' }, seed: { type: 'string' }, replay: { type: 'string' }, of: { type: 'string' } },
  });
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000_000));
  const seeds = Number(values.seeds);
  if (!Number.isSafeInteger(seed) || !(seeds >= 1)) throw new RangeError('--seeds and --seed take whole numbers.');
  console.log(`seeds from ${seed}`);
  for (const { name, application, options, share } of all) {
    if (values.of !== undefined && values.of !== name) continue;
    const startedMs = performance.now();
    const { replay } = values;
    const report = await simulate(application, {
      ...{ ...options, seed, seeds: Math.ceil(seeds * share) },
      ...(replay === undefined ? {} : { replay }),
    });
    const seconds = (performance.now() - startedMs) / 1_000;
    console.log(`${name}: ${report.text}\n  ${(report.counts.runs / seconds).toFixed(0)} runs a second, ${seconds.toFixed(1)} s`);
    if (report.failure === undefined) continue;
    console.log(`  or: npm run test:simulation -- --of ${name} --replay '${report.failure.replay}'`);
    process.exitCode = 1;
    return;
  }
}

void run();
