import { subscriberCellName, toAddress, type Subscriber } from '../functions/subscriptions.ts';
import type { Address } from '../shared/address.ts';
import type { StateSnapshot } from './expectations/state-expectation.ts';

/** Returns the cells of the class, without those of the framework. */
export function ownState(snapshot: StateSnapshot): StateSnapshot {
  const { [subscriberCellName]: _, ...own } = snapshot;
  return own;
}

/** Returns the subscribed addresses, in the order of their subscriptions. */
export function subscribersIn(snapshot: StateSnapshot): readonly Address[] {
  // Safe: subscriptions.ts declares the cell with this type. Its keys are never whole numbers, so an object keeps their order.
  const table = (snapshot[subscriberCellName] ?? {}) as Readonly<Record<string, Subscriber>>;
  return Object.values(table).map(toAddress);
}
