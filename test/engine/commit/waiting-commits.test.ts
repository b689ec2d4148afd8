import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '../../../src/envelope/cloud-event.ts';
import { realPace } from '../../../src/engine/commit/pace.ts';
import type { Context } from '../../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../../src/functions/decorators.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';
import { EngineBed } from '../engine-bed.ts';

@StatefunFunction('test/echo')
class Echo {
  @Handles('say')
  onSay(event: CloudEvent, context: Context): void {
    context.egress('test/out', { type: 'said', data: event.data });
  }
}

let waits: (() => void)[];
let store: MemoryStore;
let bed: EngineBed;

beforeEach(async () => {
  waits = [];
  store = new MemoryStore();
  // The time of the engine stands still, and a wait ends when the test says so.
  const pace = { ...realPace, now: () => 0, later: (_: number, callback: () => void) => (waits.push(callback), () => undefined) };
  bed = await EngineBed.start([Echo], { store, pace });
});

function watermark(): string | undefined {
  const [stored] = store.load('outbox-watermarks');
  return stored && Buffer.from(stored.value).toString();
}

/** Feeds one event, and lets the engine work until its egress record has left and the engine does nothing more by itself. */
async function say(): Promise<void> {
  const records = bed.out.records.length + 1;
  bed.feed('test/echo/a', 'say');
  for (let turns = 0; turns < 1_000 && bed.out.records.length < records; turns += 1) await nextTurn();
  for (let turns = 0; turns < 20; turns += 1) await nextTurn();
  expect(bed.out.records).toHaveLength(records);
}

describe('an idle engine', () => {
  it('commits and sends at once; the acknowledgement waits, and commits with what comes next', async () => {
    await say();
    expect([waits.length, watermark()]).toEqual([1, undefined]);
    await say();
    expect([bed.out.records.length, watermark()]).toEqual([2, '1']);
    await bed.engine.stop();
  });

  it('commits an acknowledgement alone when its wait has ended', async () => {
    await say();
    waits[0]?.();
    for (let turns = 0; turns < 20; turns += 1) await nextTurn();
    expect(watermark()).toBe('1');
    await bed.engine.stop();
  });

  it('lets nothing wait when somebody waits until it is quiet', async () => {
    await say();
    await bed.engine.whenQuiet();
    expect(watermark()).toBe('1');
    await bed.engine.stop();
  });

  it('commits what waits when it is stopped', async () => {
    await say();
    await bed.engine.stop();
    expect(watermark()).toBe('1');
  });
});
