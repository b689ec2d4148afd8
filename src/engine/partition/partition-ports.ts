import type { StateEntry } from '../../state/state-entry.ts';
import type { Activation } from './activation.ts';
import type { Run } from './attempt-runner.ts';
import type { RemoteRun } from './remote/remote-run.ts';

/** An asynchronous handler, or the call of a remote function, that has not ended. */
export type PartitionRun = Run | RemoteRun;

/** What the partition needs from its driver. Results come back as calls of the partition, one step at a time. */
export interface PartitionPorts {
  /** Returns the state of an address, or undefined: then `states.arrived` is called later. */
  readState(activation: Activation): readonly StateEntry[] | undefined;
  /** Called when an asynchronous handler or a call has started; `settled` of the partition is called when the promise has settled. */
  watch(run: PartitionRun, settling: Promise<void>): void;
  /** Called when the policy of a function stops the engine. */
  stop(error: Error): void;
}
