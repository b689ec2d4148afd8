import type { Activation, PendingMessage } from '../../src/engine/partition/activation.ts';
import { RemoteState } from '../../src/engine/partition/remote/remote-state.ts';
import { Settlement } from '../../src/engine/partition/settlement.ts';
import type { Effects } from '../../src/functions/effects.ts';
import { replaceMethod, type Mutant } from './mutant.ts';

/** Mutants of calls of remote functions. */
export const remoteMutants: readonly Mutant[] = [
  {
    name: 'batch-half-done',
    breaks: 'of a batch of several messages only the first counts as handled',
    suite: 'simulation of calls',
    apply: () =>
      replaceMethod(Settlement.prototype, 'answered', (answered) => {
        return function (this: Settlement, activation: Activation, messages: readonly PendingMessage[], effects: Effects) {
          answered.call(this, activation, messages.slice(0, 1), effects);
        };
      }),
  },
  {
    name: 'batch-effects-lost',
    breaks: 'what a batch of several messages sends is dropped',
    suite: 'simulation of calls',
    apply: () =>
      replaceMethod(Settlement.prototype, 'answered', (answered) => {
        return function (this: Settlement, activation: Activation, messages: readonly PendingMessage[], effects: Effects) {
          answered.call(this, activation, messages, messages.length > 1 ? { ...effects, messages: [] } : effects);
        };
      }),
  },
  {
    name: 'remote-state-not-committed',
    breaks: 'the state a remote function has changed is not part of the commit',
    suite: 'simulation of calls',
    apply: () => replaceMethod(RemoteState.prototype, 'capture', () => () => []),
  },
];
