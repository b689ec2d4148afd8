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

/** What all runs of an application have in common. */
export interface RunWorld {
  readonly application: AssembledApplication;
  readonly clock: SimulatedClock;
  readonly startMs: number;
  /** How far ahead something may be due for a run to wait for it, in milliseconds. */
  readonly horizonMs: number;
  readonly beforeRun: () => void;
  /** Writes the state that addresses have at first. */
  readonly give: (store: MemoryStore) => Promise<void>;
  readonly invariants: readonly SimulationInvariant[];
  readonly refuses: (event: EgressedEvent) => boolean;
  /** Dead letters are tried again, once each, when everything else has ended. */
  readonly redrives: boolean;
  readonly faults: SimulatedFaults;
  readonly logger: Logger;
}

export interface RunPlan {
  readonly world: RunWorld;
  readonly records: readonly SimulatedRecord[];
  readonly settings: RunSettings;
  readonly choices: Choices;
  /** Whether the steps are written down. */
  readonly traced: boolean;
}

export interface RunResult {
  readonly violation: Violation | undefined;
  /** What is there when nothing is left to do; undefined after a violation. */
  readonly end: SimulationEnd | undefined;
  readonly steps: number;
  readonly attempts: number;
  readonly faults: number;
  readonly trace: readonly string[];
  /** Functions whose handlers wait for something that does not happen here. */
  readonly waitingOutside: readonly string[];
}
