import type { AssembledApplication } from '../../application/assemble.ts';
import type { Logger } from '../../shared/logger.ts';
import type { MemoryStore } from '../../storage/memory-store.ts';
import type { EgressedEvent } from '../../testing/egressed-event.ts';
import type { Choices } from './choices.ts';
import type { SimulationInvariant } from '../checks/invariant.ts';
import type { RunSettings, SimulatedFaults } from './run-settings.ts';
import type { SimulatedClock } from '../world/simulated-clock.ts';
import type { SimulatedRecord } from '../world/simulated-ingress.ts';
import type { SimulationEnd } from '../checks/simulation-end.ts';
import type { Violation } from '../checks/violation.ts';

/** The parts that all runs of an application share. */
export interface RunWorld {
  readonly application: AssembledApplication;
  readonly clock: SimulatedClock;
  readonly startMs: number;
  /** A run waits for everything that is due within this time, in milliseconds. */
  readonly horizonMs: number;
  readonly beforeRun: () => void;
  /** Writes the first state of addresses. */
  readonly give: (store: MemoryStore) => Promise<void>;
  readonly invariants: readonly SimulationInvariant[];
  readonly refuses: (event: EgressedEvent) => boolean;
  /** Whether each dead letter is redriven once, when everything else has ended. */
  readonly redrives: boolean;
  readonly faults: SimulatedFaults;
  readonly logger: Logger;
}

export interface RunPlan {
  readonly world: RunWorld;
  readonly records: readonly SimulatedRecord[];
  readonly settings: RunSettings;
  readonly choices: Choices;
  /** Whether the steps are recorded. */
  readonly traced: boolean;
}

export interface RunResult {
  readonly violation: Violation | undefined;
  /** The contents when nothing is left to do. Undefined after a violation. */
  readonly end: SimulationEnd | undefined;
  readonly steps: number;
  readonly attempts: number;
  readonly faults: number;
  readonly trace: readonly string[];
  /** Functions whose handlers wait for something that never happens in a simulation. */
  readonly waitingOutside: readonly string[];
}
