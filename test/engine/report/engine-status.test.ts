import { describe, expect, it } from '@jest/globals';
import type { Egress } from '../../../src/egress/egress.ts';
import { Handles, StatefunFunction } from '../../../src/functions/decorators.ts';
import type { CloudEvent } from '../../../src/envelope/cloud-event.ts';
import type { Context } from '../../../src/functions/context.ts';
import type { StoreChange } from '../../../src/storage/store.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';
import { EngineBed } from '../engine-bed.ts';

@StatefunFunction('test/passing')
class PassingFunction {
  @Handles()
  onAny(event: CloudEvent, context: Context): void {
    context.egress('test/out', event);
  }
}

/** Takes nothing while it is closed. */
class ClosedEgress implements Egress {
  readonly id = 'test/out';
  readonly description = 'closed at first';
  open = false;

  start(): Promise<void> {
    return Promise.resolve();
  }

  send(): Promise<never[]> {
    return this.open ? Promise.resolve([]) : Promise.reject(new Error('closed'));
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}

/** A store whose commits wait until the test lets them end. */
class HangingStore extends MemoryStore {
  goOn: () => void = () => undefined;
  readonly #going = new Promise<void>((resolve) => (this.goOn = resolve));

  override async commit(changes: readonly StoreChange[]): Promise<void> {
    await this.#going;
    await super.commit(changes);
  }
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('status of an engine', () => {
  it('tell since when an egress has failed, and forget it when the egress takes records again', async () => {
    const egress = new ClosedEgress();
    const bed = await EngineBed.start([PassingFunction], { egress, limits: { outboxRecordsMax: 1 } });
    const failingSince = bed.clock.now();
    bed.feed('test/passing/1', 'go');
    await bed.engine.whenQuiet();
    bed.clock.step(failingSince + 200);
    await bed.engine.whenQuiet();

    expect(bed.engine.status).toMatchObject({
      phase: 'running',
      failure: undefined,
      egress: [{ id: 'test/out', recordsWaiting: 1, failing: { since: failingSince, failures: 2, error: { message: 'closed' } } }],
      outbox: { records: 1, full: true },
    });

    egress.open = true;
    bed.clock.step(failingSince + 1_000);
    await bed.engine.whenQuiet();
    expect(bed.engine.status).toMatchObject({ egress: [{ recordsWaiting: 0, failing: undefined }], outbox: { records: 0, full: false } });
    await bed.engine.stop();
    expect(bed.engine.status.phase).toBe('stopped');
  });

  it('count the time in which there is something to do and nothing happens', async () => {
    const store = new HangingStore();
    const bed = await EngineBed.start([PassingFunction], { store });
    await bed.engine.whenQuiet();
    expect(bed.engine.status.stalledMs).toBe(0);

    bed.feed('test/passing/1', 'go');
    await turns();
    expect(bed.engine.statistics()).toMatchObject({ invocations: 1, commits: 0 });
    const before = bed.engine.status.stalledMs;
    expect(bed.engine.status.stalledMs).toBeGreaterThan(before);

    store.goOn();
    await bed.engine.whenQuiet();
    expect(bed.engine.status.stalledMs).toBe(0);
    await bed.engine.stop();
  });
});
