import { StatefunError } from '../../shared/errors.ts';
import { countOf } from '../../shared/text/count-of.ts';
import type { Violation } from '../checks/violation.ts';

/** A run that broke an invariant, made as short as possible. */
export interface SimulationFailure extends Violation {
  readonly seed: number;
  /** The run as one line, for the option `replay`. */
  readonly replay: string;
  /** The events of the run. */
  readonly events: readonly string[];
  /** The steps of the run. */
  readonly steps: readonly string[];
  /** Number of runs needed to make it this short. */
  readonly shrinkRuns: number;
}

/** The numbers of a simulation. */
export interface SimulationCounts {
  /** The first seed. */
  readonly seed: number;
  /** Number of runs with faults. Where ends are compared, each has a quiet run in addition. */
  readonly runs: number;
  readonly steps: number;
  readonly attempts: number;
  /** Number of crashes, stops and jumps of the clock. */
  readonly faults: number;
  /** Number of runs whose end was compared with that of a quiet run. */
  readonly compared: number;
  /** Whether the application ends differently when only order and time differ. Ends are not compared then. */
  readonly endsVary: boolean;
}

/** The result of {@link simulate}. */
export class SimulationReport {
  readonly counts: SimulationCounts;
  /** The failure; undefined if every invariant held. */
  readonly failure: SimulationFailure | undefined;

  constructor(counts: SimulationCounts, failure: SimulationFailure | undefined) {
    this.counts = counts;
    this.failure = failure;
  }

  /** The report as text, with the failure and its steps. */
  get text(): string {
    const { seed, runs, steps, attempts, faults, compared, endsVary } = this.counts;
    const ends = endsVary ? 'ends vary with order or time and are not compared' : `${compared} ends equal those of quiet runs`;
    const summary = `${countOf(runs, 'run')} from seed ${seed}: ${countOf(steps, 'step')}, ${countOf(attempts, 'attempt')}, ${countOf(faults, 'fault')}; ${ends}`;
    return this.failure === undefined ? `${summary}.` : `${summary}.\n${describeFailure(this.failure)}`;
  }

  /** Throws SIMULATION_FAILED, with the steps of the shortest failing run, if an invariant was broken. */
  ensureHeld(): void {
    if (this.failure === undefined) return;
    throw new StatefunError('SIMULATION_FAILED', describeFailure(this.failure), { facts: { ...this.failure } });
  }
}

/** Lines shown from the beginning and from the end; `steps` contains all. */
const [firstLinesMax, lastLinesMax] = [20, 80];

function withoutMiddle(lines: readonly string[]): readonly string[] {
  const left = lines.length - firstLinesMax - lastLinesMax;
  if (left <= 0) return lines;
  return [...lines.slice(0, firstLinesMax), `   … ${countOf(left, 'line')} …`, ...lines.slice(-lastLinesMax)];
}

function describeFailure({ invariant, detail, seed, replay, events, steps, shrinkRuns }: SimulationFailure): string {
  return [
    `seed ${seed} breaks "${invariant}": ${detail}.`,
    '  What came in:',
    ...events.map((event) => `    ${event}`),
    `  What happened (the shortest of ${countOf(shrinkRuns, 'run')} that fail in this way):`,
    ...withoutMiddle(steps).map((step) => `  ${step}`),
    `  Again: simulate(application, { …, replay: '${replay}' })`,
  ].join('\n');
}
