import { checkpointMutants } from './checkpoint-mutants.ts';
import { commitMutants } from './commit-mutants.ts';
import { delayedMutants } from './delayed-mutants.ts';
import { handlingMutants } from './handling-mutants.ts';
import type { Mutant } from './mutant.ts';
import { orderMutants } from './order-mutants.ts';
import { outboxMutants } from './outbox-mutants.ts';
import { outsideMutants } from './outside-mutants.ts';
import { recoveryMutants } from './recovery-mutants.ts';
import { remoteMutants } from './remote-mutants.ts';
import { stateMutants } from './state-mutants.ts';
import { storeMutants } from './store-mutants.ts';
import { timingMutants } from './timing-mutants.ts';

/** Every mutant there is; add a new one to the list it belongs to, or a new list here. */
export const mutants: readonly Mutant[] = [
  ...commitMutants,
  ...handlingMutants,
  ...delayedMutants,
  ...orderMutants,
  ...outboxMutants,
  ...outsideMutants,
  ...recoveryMutants,
  ...remoteMutants,
  ...stateMutants,
  ...timingMutants,
  ...storeMutants,
  ...checkpointMutants,
];
