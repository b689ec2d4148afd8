import { StatefunError } from '../../shared/errors.ts';
import { countOf } from '../../shared/text/count-of.ts';
import type { Violation } from '../checks/violation.ts';

/** A run in which a promise was broken, made as short as possible. */
export interface SimulationFailure extends Violation {
  readonly seed: number;
  /** The run on one line, for the option `replay`. */
  readonly replay: string;
  /** What came in. */
  readonly events: readonly string[];
  /** What happened, step by step. */
  readonly steps: readonly string[];
  /** How many runs it took to make it this short. */
  readonly shrinkRuns: number;
}

/** What was run. */
export interface SimulationCounts {
  /** The first seed. */
  readonly seed: number;
  /** Runs that were disturbed; each has a quiet one beside it where ends are compared. */
  readonly runs: number;
  readonly steps: number;
  readonly attempts: number;
  /** Crashes, stops and jumps of the clock. */
  readonly faults: number;
  /** Runs whose end was compared with that of a quiet one. */
  readonly compared: number;
  /** The application comes to different ends when only order and time differ: ends say nothing then, and are not compared any more. */
  readonly endsVary: boolean;
}

/** What a simulation has found. */
export class SimulationReport {
  readonly counts: SimulationCounts;
  /** Undefined when every promise was kept. */
  readonly failure: SimulationFailure | undefined;

  constructor(counts: SimulationCounts, failure: SimulationFailure | undefined) {
    this.counts = counts;
    this.failure = failure;
  }

  /** For people: what was run, and the failure with its steps. */
  get text(): string {
    const { seed, runs, steps, attempts, faults, compared, endsVary } = this.counts;
    const ends = endsVary ? 'ends vary with order or time and are not compared' : `${compared} ends equal those of quiet runs`;
    const summary = `${countOf(runs, 'run')} from seed ${seed}: ${countOf(steps, 'step')}, ${countOf(attempts, 'attempt')}, ${countOf(faults, 'fault')}; ${ends}`;
    return this.failure === undefined ? `${summary}.` : `${summary}.\n${describeFailure(this.failure)}`;
  }

  /** Throws SIMULATION_FAILED, with the steps of the shortest failing run, when a promise was broken. */
  ensureHeld(): void {
    if (this.failure === undefined) return;
    throw new StatefunError('SIMULATION_FAILED', describeFailure(this.failure), { facts: { ...this.failure } });
  }
}

/** Lines shown of the beginning and of the end; `steps` has them all. */
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
