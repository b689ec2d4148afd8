import { expect, it } from '@jest/globals';
import type { CloudEvent } from '../../../src/envelope/cloud-event.ts';
import { realPace, type Pace } from '../../../src/engine/commit/pace.ts';
import type { Context } from '../../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../../src/functions/decorators.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';
import type { StoreChange } from '../../../src/storage/store.ts';
import { EngineBed } from '../engine-bed.ts';

/** Passes an event on until it has been passed on so often. */
@StatefunFunction('test/relay')
class Relay {
  @Handles('relay')
  onRelay(event: CloudEvent<{ left: number }>, context: Context): void {
    const { left } = event.data;
    if (left > 0) context.send('test/relay', `${left}`, { type: 'relay', data: { left: left - 1 } });
  }
}

/** A store that counts the commits, and the messages that they write. */
class CountingStore extends MemoryStore {
  commits = 0;
  messagesWritten = 0;

  override commit(changes: readonly StoreChange[]): Promise<void> {
    this.commits += 1;
    this.messagesWritten += changes.filter(({ collection, value }) => collection === 'messages' && value !== undefined).length;
    return super.commit(changes);
  }
}

/** Handles records that lead to a chain of messages each, with a commit every 20 looks at the time. */
async function relay(records: number, left: number): Promise<CountingStore> {
  const store = new CountingStore();
  let nowMs = 0;
  const pace: Pace = { ...realPace, now: () => ++nowMs, stepsPerLook: 1 };
  const bed = await EngineBed.start([Relay], { store, pace, limits: { commitIntervalMs: 20, sliceMs: 5 } });
  for (let record = 0; record < records; record += 1) bed.feed('test/relay/0', 'relay', { left });
  await bed.engine.whenQuiet();
  await bed.engine.stop();
  return store;
}

it('cuts between two records when the interval has passed, so that no message is written', async () => {
  const store = await relay(60, 6);
  expect(store.commits).toBeGreaterThan(5);
  expect(store.messagesWritten).toBe(0);
});

it('does not wait for such a moment beyond another interval', async () => {
  const store = await relay(2, 200);
  expect(store.commits).toBeGreaterThan(5);
  expect(store.messagesWritten).toBeGreaterThan(5);
});
