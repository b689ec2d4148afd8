import type { StateEntry } from '../../state/state-entry.ts';
import type { Activation } from './activation.ts';
import type { HandlerRun } from './attempt-runner.ts';
import type { RemoteRun } from './remote/remote-run.ts';

/** An asynchronous handler, or the call of a remote function, that has not ended. */
export type PartitionRun = HandlerRun | RemoteRun;

/** What the partition needs from its driver. Results come back as calls, one step at a time. */
export interface PartitionPorts {
  /** Returns the state of an address, or undefined: then `states.arrived` is called later. */
  readState(activation: Activation): readonly StateEntry[] | undefined;
  /** Called when an asynchronous handler or a call has started; `settled` of the run is called when the promise has settled. */
  watch(run: PartitionRun, settling: Promise<void>): void;
  /** Called when the policy of a function stops the engine. */
  stop(error: Error): void;
}
