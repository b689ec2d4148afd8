import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Ingress } from '../../src/ingress/ingress.ts';
import { ManualClock } from '../../src/shared/time/manual-clock.ts';
import { RecordingIngressContext } from './recording-ingress-context.ts';
import { settled, turns, until } from './turns.ts';

/** The outside of an ingress, as a test sees it. */
export interface IngressSource {
  /** Adds records to one partition, in order, whether an ingress reads it or not. */
  write(texts: readonly string[]): Promise<void>;
  /** An ingress over this outside, as each run of an application makes it. */
  open(): Ingress;
  /** No more records will come; only for sources that have an end. */
  end?(): void;
  close?(): Promise<void>;
}

/** Enough turns for a delivery that must not happen to happen. */
const quietTurns = 300;

/** What every ingress promises. Run it for each implementation; `setup` makes a new outside that is empty. */
export function describeIngress(name: string, setup: (clock: ManualClock) => Promise<IngressSource>): void {
  describe(`${name} as an ingress`, () => {
    let clock: ManualClock;
    let source: IngressSource;
    let opened: Ingress[];

    beforeEach(async () => {
      clock = new ManualClock();
      source = await setup(clock);
      opened = [];
    });

    afterEach(async () => {
      for (const ingress of opened) await ingress.stop();
      await source.close?.();
    });

    async function run(positions?: ReadonlyMap<string, string>): Promise<{ ingress: Ingress; context: RecordingIngressContext }> {
      const ingress = source.open();
      opened.push(ingress);
      const context = new RecordingIngressContext(positions, clock);
      await settled(ingress.start(context), clock);
      return { ingress, context };
    }

    const texts = Array.from({ length: 25 }, (_, index) => `{"number":${index},"text":"grün €${'x'.repeat(index)}"}`);

    it('delivers what was there before the start, unchanged and in order', async () => {
      await source.write(texts);
      const { context } = await run();
      await until(() => context.records.length >= texts.length, clock);
      expect(context.texts).toEqual(texts);
      expect(context.failures).toEqual([]);
    });

    it('goes on after a committed position, wherever it lies', async () => {
      await source.write(texts.slice(0, 4));
      const first = await run();
      await until(() => first.context.records.length === 4, clock);
      await first.ingress.stop();
      for (const count of [0, 1, 3]) {
        const { context, ingress } = await run(first.context.committedAfter(count));
        await until(() => context.records.length >= 4 - count, clock);
        await turns(quietTurns, clock);
        expect(context.texts).toEqual(texts.slice(count, 4));
        await ingress.stop();
      }
    });

    it('gives a record the same identity in every run, and no two records the same one', async () => {
      await source.write(texts);
      const first = await run();
      await until(() => first.context.records.length === texts.length, clock);
      await first.ingress.stop();
      const identities = first.context.records.map((record) => record.identity);
      expect(new Set(identities).size).toBe(texts.length);
      const second = await run(first.context.committedAfter(10));
      await until(() => second.context.records.length === texts.length - 10, clock);
      expect(second.context.records.map((record) => record.identity)).toEqual(identities.slice(10));
    });

    it('waits for room: a partition has one delivery under way', async () => {
      await source.write(texts);
      const ingress = source.open();
      opened.push(ingress);
      const context = new RecordingIngressContext(undefined, clock);
      context.close();
      await settled(ingress.start(context), clock);
      await until(() => context.waiting.size > 0, clock);
      const deliveredCount = context.records.length;
      await source.write(['{"late":true}']);
      await turns(quietTurns, clock);
      expect(Array.from(context.waiting.values())).toEqual([1]);
      expect(context.records).toHaveLength(deliveredCount);
      context.open();
      await until(() => context.records.length > deliveredCount || context.finishedCount > 0, clock);
    });

    it('stops while a delivery waits for room, and delivers nothing afterwards', async () => {
      await source.write(texts.slice(0, 2));
      const ingress = source.open();
      opened.push(ingress);
      const context = new RecordingIngressContext(undefined, clock);
      context.close();
      await settled(ingress.start(context), clock);
      await until(() => context.records.length > 0, clock);
      await settled(ingress.stop(), clock);
      const deliveredCount = context.records.length;
      await source.write(texts.slice(2, 4));
      context.open();
      await turns(quietTurns, clock);
      expect(context.records).toHaveLength(deliveredCount);
      expect(context.failures).toEqual([]);
    });

    it('stops reading when the engine aborts', async () => {
      const { context } = await run();
      context.abort();
      await turns(quietTurns, clock);
      await source.write(texts);
      await turns(quietTurns, clock);
      expect(context.records).toEqual([]);
      expect(context.failures).toEqual([]);
    });

    it('can be stopped twice', async () => {
      const { ingress } = await run();
      await settled(ingress.stop(), clock);
      await settled(ingress.stop(), clock);
    });

    it('has an id that does not depend on the run', () => {
      expect(source.open().id).toBe(source.open().id);
      expect(source.open().description).not.toBe('');
    });
  });
}

/** What an ingress promises that waits for more records. */
export function describeEndlessIngress(name: string, setup: (clock: ManualClock) => Promise<IngressSource>): void {
  describe(`${name} as an ingress without end`, () => {
    it('delivers what comes after the start', async () => {
      const clock = new ManualClock();
      const source = await setup(clock);
      const ingress = source.open();
      const context = new RecordingIngressContext(undefined, clock);
      await settled(ingress.start(context), clock);
      await turns(quietTurns, clock);
      await source.write(['{"first":1}']);
      await until(() => context.records.length === 1, clock);
      await source.write(['{"second":2}', '{"third":3}']);
      await until(() => context.records.length === 3, clock);
      expect(context.texts).toEqual(['{"first":1}', '{"second":2}', '{"third":3}']);
      expect(context.finishedCount).toBe(0);
      await settled(ingress.stop(), clock);
      await source.close?.();
    });
  });
}

/** What an ingress promises whose records have an end. */
export function describeFiniteIngress(name: string, setup: (clock: ManualClock) => Promise<IngressSource>): void {
  describe(`${name} as an ingress with an end`, () => {
    it('says once that it is finished, after the last record has found room', async () => {
      const clock = new ManualClock();
      const source = await setup(clock);
      await source.write(['{"only":1}']);
      const ingress = source.open();
      source.end?.();
      const context = new RecordingIngressContext(undefined, clock);
      context.close();
      await settled(ingress.start(context), clock);
      await until(() => context.records.length === 1, clock);
      await turns(quietTurns, clock);
      expect(context.finishedCount).toBe(0);
      context.open();
      await until(() => context.finishedCount > 0, clock);
      await turns(quietTurns, clock);
      expect(context.finishedCount).toBe(1);
      await settled(ingress.stop(), clock);
      await source.close?.();
    });
  });
}
