import { expectList } from './expect-list.ts';
import type { EgressedEvent } from '../egressed-event.ts';
import { placeText } from '../fixtures/fixture-places.ts';

/** A pattern for an egress event: its partition key and any attribute of the event. `data` is a pattern, too. See docs/testing.md. */
export interface EgressPattern {
  readonly key?: unknown;
  readonly type?: unknown;
  readonly source?: unknown;
  readonly subject?: unknown;
  readonly data?: unknown;
  readonly [attribute: string]: unknown;
}

/** Throws EXPECTATION_FAILED unless exactly these events were sent to the egress, in this order. */
export function expectEgressEvents(left: readonly EgressedEvent[], egressId: string, expected: readonly EgressPattern[]): void {
  const ofEgress = left.filter((event) => event.egressId === egressId);
  const others = [...new Set(left.map((event) => event.egressId))].filter((id) => id !== egressId);
  const note = ofEgress.length === 0 && others.length > 0 ? ` (events left through ${others.join(', ')})` : '';
  expectList({
    what: `egress "${egressId}"${note}`,
    noun: 'event',
    expected,
    actual: ofEgress.map(({ key, event }) => ({ key, ...event })),
    origin: (index) => placeText(ofEgress[index]),
  });
}
