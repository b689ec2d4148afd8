import { StatefunError } from '../shared/errors.ts';
import { Choices } from './schedule/choices.ts';
import { simulationRandom } from './schedule/simulation-random.ts';
import { notRepeatable } from './report/not-repeatable.ts';
import type { RunSeed } from './report/replay.ts';
import { calmSettings, drawSettings, restrictFaults, type RunSettings } from './schedule/run-settings.ts';
import { describeRecord, toRecords } from './world/simulated-records.ts';
import type { SimulatedRecord } from './world/simulated-ingress.ts';
import type { RunResult, RunWorld } from './schedule/run-plan.ts';
import { SimulatedRun } from './simulated-run.ts';
import { endDifference, resultDifference, type SimulationEnd } from './checks/simulation-end.ts';
import type { SimulationOptions } from './simulation-options.ts';
import type { SimulationCounts } from './report/simulation-report.ts';
import type { Violation } from './checks/violation.ts';

/** The result of a run. */
export interface Outcome {
  /** The seed, with the choices that were made. */
  readonly seed: RunSeed;
  readonly violation: Violation | undefined;
  readonly end: SimulationEnd | undefined;
  readonly steps: number;
  readonly attempts: number;
  readonly trace: readonly string[];
  /** The events of the run, as text for people. */
  readonly records: readonly string[];
}

/** Number of runs without faults, with another order and other times, that decide whether an end that differs is a violation. */
const orderedRunsMax = 20;

/** Settings for runs of a few events: with few steps, faults must be more likely to meet the same cases. */
const readySettings: Partial<RunSettings> = { faultRate: 0.1, faultsMax: 3 };

/** Runs seeds, and counts. Each part of a run has separate random numbers, so that a change of one part leaves the others as they are. */
export class SeedRunner {
  readonly #world: RunWorld;
  readonly #options: SimulationOptions;
  #runs = 0;
  #steps = 0;
  #attempts = 0;
  #faults = 0;
  #compared = 0;
  #endsVary = false;
  #lastCalm: { readonly name: string; readonly result: RunResult } | undefined;

  constructor(world: RunWorld, options: SimulationOptions) {
    this.#world = world;
    this.#options = options;
  }

  counts(seed: number): SimulationCounts {
    return {
      seed,
      runs: this.#runs,
      steps: this.#steps,
      attempts: this.#attempts,
      faults: this.#faults,
      compared: this.#compared,
      endsVary: this.#endsVary,
    };
  }

  recordsOf(seed: number): readonly SimulatedRecord[] {
    return toRecords(this.#options.events(simulationRandom(seed)), this.#world.startMs);
  }

  /** Makes a new run. */
  async run(seed: number): Promise<Outcome> {
    const choices = Choices.drawn(simulationRandom(seed + 1_000_003));
    return this.#execute({ seed, events: undefined, usualLimits: false, choices: choices.made }, choices, false);
  }

  /** Repeats a run. */
  async replay(seed: RunSeed, traced: boolean): Promise<Outcome> {
    return this.#execute(seed, Choices.replayed(seed.choices), traced);
  }

  /** Runs the same events with new choices. */
  async redraw(seed: RunSeed, draw: number): Promise<Outcome> {
    const choices = Choices.drawn(simulationRandom(seed.seed + 5_000_011 * (draw + 1)));
    return this.#execute({ ...seed, choices: choices.made }, choices, false, readySettings);
  }

  /** Throws SIMULATION_NOT_REPEATABLE if the same choices lead to different steps. */
  async ensureRepeatable(first: Outcome): Promise<void> {
    const second = await this.replay(first.seed, false);
    for (const what of ['steps', 'attempts'] as const) {
      if (first[what] !== second[what]) throw notRepeatable(first.seed, `it had ${first[what]} ${what}, and then ${second[what]}`);
    }
    if (first.end === undefined || second.end === undefined) return;
    const difference = endDifference(first.end, second.end);
    if (difference !== undefined) throw notRepeatable(first.seed, difference);
  }

  async #execute(seed: RunSeed, choices: Choices, traced: boolean, more: Partial<RunSettings> = {}): Promise<Outcome> {
    const records = this.recordsOf(seed.seed).filter((_, index) => seed.events?.includes(index) ?? true);
    const calm = await this.#calm(seed, records);
    const drawn = restrictFaults(drawSettings(simulationRandom(seed.seed + 2_000_003)), this.#world.faults);
    const limits = { ...drawn.limits, ...this.#options.limits?.(simulationRandom(seed.seed + 4_000_037)) };
    const settings = { ...drawn, ...more, limits: seed.usualLimits ? calmSettings.limits : limits };
    // A promise that is broken when nothing goes wrong is looked at there.
    const isCalm = calm.violation !== undefined;
    const result = isCalm
      ? await this.#once(records, calmSettings, Choices.calm(), traced)
      : await this.#once(records, settings, choices, traced);
    this.#runs += 1;
    this.#steps += result.steps;
    this.#attempts += result.attempts;
    this.#faults += result.faults;
    return {
      steps: result.steps,
      attempts: result.attempts,
      trace: result.trace,
      end: result.end,
      seed: { ...seed, choices: isCalm ? Choices.calm().made : choices.made },
      violation: result.violation ?? (await this.#compare(calm, result, records, seed.seed)),
      records: records.map(describeRecord),
    };
  }

  /** Returns the quiet run of some events. The last one is kept, because shrinking a failure runs the same events many times. */
  async #calm({ seed, events }: RunSeed, records: readonly SimulatedRecord[]): Promise<RunResult> {
    const name = `${seed}/${events?.join(',') ?? 'all'}`;
    if (this.#lastCalm?.name === name) return this.#lastCalm.result;
    const calm = await this.#once(records, calmSettings, Choices.calm(), false);
    this.#lastCalm = { name, result: calm };
    const [functionType] = calm.waitingOutside;
    if (functionType !== undefined) throw waitsOutside(functionType, this.#world);
    return calm;
  }

  #once(records: readonly SimulatedRecord[], settings: RunSettings, choices: Choices, traced: boolean): Promise<RunResult> {
    return new SimulatedRun({ world: this.#world, records, settings, choices, traced }).execute();
  }

  async #compare(calm: RunResult, { end }: RunResult, records: readonly SimulatedRecord[], seed: number): Promise<Violation | undefined> {
    const { sameEnd = 'auto' } = this.#options;
    if (sameEnd === 'never' || this.#endsVary || calm.end === undefined || end === undefined) return undefined;
    this.#compared += 1;
    const detail = this.#difference(calm.end, end);
    if (detail === undefined) return undefined;
    if (sameEnd === 'auto' && (await this.#endsDiffer(calm.end, records, seed))) {
      this.#endsVary = true;
      return undefined;
    }
    return { invariant: 'same end', detail };
  }

  /** Returns whether the end depends on order and time, which are free. */
  async #endsDiffer(calm: SimulationEnd, records: readonly SimulatedRecord[], seed: number): Promise<boolean> {
    for (let run = 0; run < orderedRunsMax; run += 1) {
      const random = simulationRandom(seed + 3_000_017 * (run + 1));
      const { weights, readsLaterRate, egressBatchMax } = drawSettings(random);
      const settings = { ...calmSettings, weights, readsLaterRate, egressBatchMax, faultRate: 0.03, faultsMax: run % 4 };
      const faults = { crashes: false, stops: false };
      const world = { ...this.#world, faults, startMs: this.#world.startMs + 1 + random.below(10_000) };
      const { end } = await new SimulatedRun({ world, records, settings, choices: Choices.drawn(random), traced: false }).execute();
      if (end !== undefined && this.#difference(calm, end) !== undefined) return true;
    }
    return false;
  }

  #difference(calm: SimulationEnd, end: SimulationEnd): string | undefined {
    const { result } = this.#options;
    return result === undefined ? endDifference(calm, end) : resultDifference(result(calm), result(end));
  }
}

function waitsOutside(functionType: string, { application: { functions } }: RunWorld): StatefunError {
  const name = functions.get(functionType)?.definition.class.name;
  const who = name === undefined ? `a call of the remote function "${functionType}"` : `a handler of ${name} ("${functionType}")`;
  const summary = `${who} waits for something that is neither a promise of its own nor the clock of the simulation: a timer of Node, a file, a connection.`;
  return new StatefunError('SIMULATION_WAITS_OUTSIDE', summary, { facts: { functionType, className: name } });
}
