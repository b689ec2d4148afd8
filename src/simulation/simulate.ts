import { setImmediate as nextTurn } from 'node:timers/promises';
import { assembleApplication } from '../application/assemble.ts';
import { gatherContributions } from '../application/components/contributions.ts';
import type { ApplicationDefinition } from '../application/definition.ts';
import { toMilliseconds } from '../shared/time/duration.ts';
import { silentLogger } from '../shared/logger.ts';
import { RecordingEgress } from '../testing/recording-egress.ts';
import { clockAt } from '../testing/test-clock.ts';
import { giveState } from '../testing/test-run.ts';
import { toOverrides } from '../testing/test-settings.ts';
import { notRepeatable } from './report/not-repeatable.ts';
import { formatReplay, parseReplay, type RunSeed } from './report/replay.ts';
import { SeedRunner, type Outcome } from './seed-runner.ts';
import { shrink } from './report/shrink.ts';
import { SimulatedClock } from './world/simulated-clock.ts';
import type { RunWorld } from './schedule/run-plan.ts';
import type { SimulationOptions } from './simulation-options.ts';
import { SimulationReport, type SimulationFailure } from './report/simulation-report.ts';

/** Longest time without a turn for the rest of the process, in milliseconds. */
const sliceMs = 50;

/**
 * Runs an application many times on the engine of production, each time with another order of everything whose order is free, with crashes,
 * failing ports and jumps of the clock. After every step it checks the invariants of the application and of the framework.
 *
 * Everything depends on seeds only. A failing run is made as short as possible; the report contains its steps and the line that repeats it.
 * Singletons live through crashes: data that must not survive a crash belongs in state.
 *
 * Rejects with APPLICATION_INVALID, with SIMULATION_WAITS_OUTSIDE if a handler waits for anything but its own promises and the clock of the
 * simulation, and with SIMULATION_NOT_REPEATABLE if a run depends on more than its seed.
 */
export async function simulate(definition: ApplicationDefinition, options: SimulationOptions): Promise<SimulationReport> {
  const { seed = 1, seeds = 100, replay, shrinks = true } = options;
  const { world, close } = await createWorld(definition, options);
  try {
    const runner = new SeedRunner(world, options);
    if (replay !== undefined) return await report(runner, parseReplay(replay));
    let sliceEndMs = performance.now() + sliceMs;
    for (let next = seed; next < seed + seeds; next += 1) {
      const outcome = await runner.run(next);
      if (next === seed) await runner.ensureRepeatable(outcome);
      if (outcome.violation !== undefined) return await report(runner, outcome.seed, { outcome, shrinks, firstSeed: seed });
      if (performance.now() < sliceEndMs) continue;
      await nextTurn();
      sliceEndMs = performance.now() + sliceMs;
    }
    return new SimulationReport(runner.counts(seed), undefined);
  } finally {
    await close();
  }
}

async function createWorld(
  definition: ApplicationDefinition,
  options: SimulationOptions,
): Promise<{ world: RunWorld; close: () => Promise<void> }> {
  const { providers = [], logger = silentLogger, given = [], horizon = '1d' } = options;
  const clock = new SimulatedClock();
  const startMs = clockAt(options.now).now();
  clock.restart(startMs);
  const settings = { ...options, providers: typeof providers === 'function' ? providers(clock) : providers };
  // Only the ids of declared egresses matter; each start of the engine gets new egresses.
  const egress = gatherContributions(definition, []).egress.map(({ id }) => new RecordingEgress(id, () => undefined));
  const application = await assembleApplication(definition, { ...toOverrides(settings), ingress: [], egress, clock });
  const world: RunWorld = {
    application,
    clock,
    startMs,
    logger,
    horizonMs: toMilliseconds(horizon),
    give: (store) => giveState(store, application.functions, given, startMs),
    beforeRun: options.beforeRun ?? (() => undefined),
    invariants: options.invariants ?? [],
    refuses: options.refuses ?? (() => false),
    redrives: options.redrives ?? false,
    faults: options.faults ?? {},
  };
  return {
    world,
    close: async () => {
      const [problem] = await application.lifecycle.destroy();
      if (problem !== undefined) throw problem;
    },
  };
}

/** Makes a failing run as short as possible. A replayed run is short already. */
async function report(
  runner: SeedRunner,
  seed: RunSeed,
  failing?: { readonly outcome: Outcome; readonly shrinks: boolean; readonly firstSeed: number },
): Promise<SimulationReport> {
  const before = runner.counts(failing?.firstSeed ?? seed.seed);
  const eventCount = runner.recordsOf(seed.seed).length;
  const invariant = failing?.outcome.violation?.invariant;
  const shortest =
    invariant === undefined || failing?.shrinks === false
      ? { seed, runs: 1 }
      : await shrink(seed, eventCount, async (candidate, draw) => {
          const outcome = await (draw === undefined ? runner.replay(candidate, false) : runner.redraw(candidate, draw));
          return outcome.violation?.invariant === invariant ? outcome.seed.choices : undefined;
        });
  const outcome = await runner.replay(shortest.seed, true);
  const { violation, records, trace } = outcome;
  if (violation === undefined) {
    if (invariant === undefined) return new SimulationReport(runner.counts(seed.seed), undefined);
    throw notRepeatable(seed, `it broke "${invariant}" once, and not again`);
  }
  const failure: SimulationFailure = {
    ...violation,
    seed: seed.seed,
    replay: formatReplay(shortest.seed),
    events: records,
    steps: trace,
    shrinkRuns: shortest.runs,
  };
  // Runs that make the failure shorter are not counted.
  return new SimulationReport(failing === undefined ? runner.counts(seed.seed) : before, failure);
}
