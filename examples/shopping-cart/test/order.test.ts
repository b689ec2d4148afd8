import { describe, expect, it } from '@jest/globals';
import { simulate, testApplication, type SeededRandom } from 'statefun/testing';
import type { NewEvent } from 'statefun';
import application from '../src/application.ts';
import { cartSimulation } from './simulation.ts';

/** As from one shard of a stream: all events in one order. */
const events = (random: SeededRandom): readonly NewEvent[] => cartSimulation.events(random).map(({ partitionkey: _, ...event }) => event);

const statusesOf = (egress: readonly { readonly event: { readonly data?: unknown } }[]): string =>
  JSON.stringify(egress.map(({ event }) => event.data));

/** When a cart subscribed depends on the clock. */
const withoutTimes = ([address, state]: readonly [string, unknown]): unknown => {
  const { $subscribers: _, ...cells } = state as Readonly<Record<string, unknown>>;
  return [address, cells];
};

describe('carts', () => {
  // #region order
  it('report the same, in the same order, when played, in a run that nothing interrupts, and after any number of crashes', async () => {
    const played: (readonly NewEvent[])[] = [];
    const reported = new Set<string>();
    const report = await simulate(application, {
      ...{ ...cartSimulation, sameEnd: 'always', seeds: 60 },
      events: (random) => (played[played.length] = events(random)),
      // States that have to be read, crashes, a disk and a stream that fail; handlers that fail or wait give up their turn.
      faults: { handlers: false, clock: false },
      result: ({ states, egress }) => {
        const statuses = statusesOf(egress);
        reported.add(statuses);
        return { states: [...states].map(withoutTimes), statuses };
      },
    });

    report.ensureHeld();
    expect(report.counts).toMatchObject({ runs: 61, compared: 61 });
    expect(report.counts.faults).toBeGreaterThan(50);
    for (const ofOneRun of played) {
      const play = await testApplication(application);
      for (const event of ofOneRun) await play.receives(event);
      expect(reported).toContain(statusesOf(play.egress()));
      await play.stop();
    }
  }, 60_000);
  // #endregion order
});
