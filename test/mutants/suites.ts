import cartApplication from '../../examples/shopping-cart/src/application.ts';
import { cartSimulation } from '../../examples/shopping-cart/test/simulation.ts';
import type { ApplicationDefinition } from '../../src/application/definition.ts';
import { StatefunError } from '../../src/shared/errors.ts';
import { simulate } from '../../src/simulation/simulate.ts';
import type { SimulationOptions } from '../../src/simulation/simulation-options.ts';
import { chatterApplication, chatterOptions } from '../simulation/chatter-application.ts';
import { floodApplication, floodOptions } from '../simulation/flood-application.ts';
import { hostileApplication, hostileOptions } from '../simulation/hostile-application.ts';
import { remoteApplication, remoteOptions } from '../simulation/remote-application.ts';
import { checkpointLife } from '../checkpoints/torture/checkpoint-life.ts';
import { leaseOnce } from '../checkpoints/torture/lease-once.ts';
import { tortureOnce } from '../storage/torture/torture-once.ts';
import type { SuiteName } from './mutant.ts';

/** What a suite has found. */
export interface Finding {
  /** Which promise was seen broken, and how. */
  readonly what: string;
  /** Runs it took. */
  readonly runs: number;
}

/** Runs a suite until it finds something; undefined when it finds nothing in so many runs. */
export type Suite = (runsMax: number) => Promise<Finding | undefined>;

export const suites: Readonly<Record<SuiteName, Suite>> = {
  simulation: (runsMax) => simulated(hostileApplication, { ...hostileOptions, seeds: runsMax }),
  'simulation of carts': (runsMax) => simulated(cartApplication, { ...cartSimulation, seeds: runsMax }),
  'simulation of calls': (runsMax) => simulated(remoteApplication, { ...remoteOptions, seeds: runsMax }),
  'simulation of chatter': (runsMax) => simulated(chatterApplication, { ...chatterOptions, seeds: runsMax }),
  'simulation of floods': (runsMax) => simulated(floodApplication, { ...floodOptions, seeds: runsMax }),
  checkpoints: (runsMax) => untilViolated(runsMax, checkpointLife),
  leases: (runsMax) => untilViolated(runsMax, leaseOnce),
  disk: async (runsMax) => {
    // A seed takes some milliseconds, and rare faults need a few hundred.
    for (let seed = 1; seed <= 20 * runsMax; seed += 1) {
      const violation = await tortureOnce(seed);
      if (violation !== undefined) return { what: violation, runs: seed };
    }
    return undefined;
  },
};

async function untilViolated(runsMax: number, once: (seed: number) => Promise<string | undefined>): Promise<Finding | undefined> {
  for (let seed = 1; seed <= runsMax; seed += 1) {
    const violation = await once(seed);
    if (violation !== undefined) return { what: violation, runs: seed };
  }
  return undefined;
}

async function simulated(application: ApplicationDefinition, options: SimulationOptions): Promise<Finding | undefined> {
  try {
    const { failure, counts } = await simulate(application, { ...options, seed: 1, shrinks: false });
    return failure && { what: `${failure.invariant}: ${failure.detail}`, runs: failure.seed - counts.seed + 1 };
  } catch (error) {
    // A mutant can make the engine forget what it does; that it does not repeat is found, too.
    if (StatefunError.is(error)) return { what: error.summary, runs: 1 };
    throw error;
  }
}
