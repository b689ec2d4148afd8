import { subscriberCellName, toAddress, type Subscriber } from '../functions/subscriptions.ts';
import type { Address } from '../shared/address.ts';
import type { StateSnapshot } from './expectations/state-expectation.ts';

/** The cells of the class, without those of the framework. */
export function ownState(snapshot: StateSnapshot): StateSnapshot {
  const { [subscriberCellName]: _, ...own } = snapshot;
  return own;
}

/** Who is subscribed, in the order they subscribed. */
export function subscribersIn(snapshot: StateSnapshot): readonly Address[] {
  // The cell is declared with this type in subscriptions.ts; its keys are never whole numbers, so an object keeps their order.
  const table = (snapshot[subscriberCellName] ?? {}) as Readonly<Record<string, Subscriber>>;
  return Object.values(table).map(toAddress);
}
