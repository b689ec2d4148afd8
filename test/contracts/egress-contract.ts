import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Egress, EgressContext, EgressRecord } from '../../src/egress/egress.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { ManualClock } from '../../src/shared/time/manual-clock.ts';
import { settled } from './turns.ts';

/** The outside of an egress, as a test sees it. */
export interface EgressTarget {
  /** An egress that writes to this outside, as each run of an application makes it. */
  open(): Egress;
  /** Everything that is there, in the order in which a reader finds it. */
  read(): Promise<readonly string[]>;
  close?(): Promise<void>;
}

export interface EgressPromises {
  /** Records that are marked as resent and are there already are not written again. */
  readonly skipsResent: boolean;
}

export function egressContext(clock: ManualClock = new ManualClock()): EgressContext & { readonly clock: ManualClock } {
  return { clock, logger: silentLogger, signal: new AbortController().signal };
}

export function egressRecord(id: string, overrides: Partial<EgressRecord> = {}): EgressRecord {
  const event = { specversion: '1.0', id, source: 'test', type: 'test.happened', data: { text: `grün € ${id}` } };
  return { id, key: undefined, data: JSON.stringify(event), resent: false, ...overrides };
}

/** What every egress promises. Run it for each implementation; `setup` makes a new outside that is empty. */
export function describeEgress(name: string, promises: EgressPromises, setup: (clock: ManualClock) => Promise<EgressTarget>): void {
  describe(`${name} as an egress`, () => {
    let clock: ManualClock;
    let target: EgressTarget;
    let egress: Egress;

    beforeEach(async () => {
      clock = new ManualClock();
      target = await setup(clock);
      egress = target.open();
      await settled(egress.start(egressContext(clock)), clock);
    });

    afterEach(async () => {
      await egress.stop();
      await target.close?.();
    });

    const send = (records: readonly EgressRecord[]) => settled(egress.send(records), clock);

    it('writes every record, unchanged', async () => {
      const records = Array.from({ length: 10 }, (_, index) => egressRecord(`e${index}`));
      expect(await send(records)).toEqual([]);
      expect((await target.read()).toSorted()).toEqual(records.map((record) => record.data).toSorted());
    });

    it('keeps the order of records of the same key, within a send and from one send to the next', async () => {
      const records = Array.from({ length: 40 }, (_, index) => egressRecord(`e${index}`, { key: `key-${index % 4}` }));
      await send(records.slice(0, 23));
      await send(records.slice(23));
      const written = await target.read();
      expect(written).toHaveLength(records.length);
      for (const key of ['key-0', 'key-1', 'key-2', 'key-3']) {
        const expected = records.filter((record) => record.key === key).map((record) => record.data);
        expect(written.filter((text) => expected.includes(text))).toEqual(expected);
      }
    });

    it('takes as many records at once as it says', async () => {
      const count = egress.batchRecordsMax ?? 500;
      expect(await send(Array.from({ length: count }, (_, index) => egressRecord(`e${index}`, { key: `k${index}` })))).toEqual([]);
      expect(await target.read()).toHaveLength(count);
    });

    it('takes nothing at all', async () => {
      expect(await send([])).toEqual([]);
      expect(await target.read()).toEqual([]);
    });

    it('adds to what an earlier run wrote', async () => {
      await send([egressRecord('first', { key: 'a' })]);
      await egress.stop();
      egress = target.open();
      await settled(egress.start(egressContext(clock)), clock);
      await send([egressRecord('second', { key: 'a' })]);
      expect(await target.read()).toEqual([egressRecord('first').data, egressRecord('second').data]);
    });

    it('loses no record that is sent again by a later run', async () => {
      await send([egressRecord('taken', { key: 'a' })]);
      await egress.stop();
      egress = target.open();
      await settled(egress.start(egressContext(clock)), clock);
      const again = ['taken', 'not-taken'].map((id) => egressRecord(id, { key: 'a', resent: true }));
      expect(await send(again)).toEqual([]);
      const written = await target.read();
      expect(new Set(written)).toEqual(new Set(again.map((record) => record.data)));
      expect(written).toHaveLength(promises.skipsResent ? 2 : 3);
    });
  });
}
