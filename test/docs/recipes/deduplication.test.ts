import { describe, expect, it } from '@jest/globals';
import { eventType, Handles, Persisted, PersistedTable, PersistedValue, StatefunFunction, type Context, type EventOf } from 'statefun';
import { testFunction, type TestFunction } from 'statefun/testing';

// The code in docs/recipes.md, and that it does what the document says.

// #region deduplication
const Reading = eventType<{ readonly amount: number }>('meters.reading');

const rememberedMs = 24 * 3_600_000;
const rememberedMax = 1_000;

@StatefunFunction('meters/total')
export class TotalFunction {
  @Persisted() private readonly total = PersistedValue.of<number>();
  /** When each event was first seen; tables keep the order in which keys were put in. */
  @Persisted() private readonly seen = PersistedTable.of<number>();

  @Handles(Reading)
  onReading({ source, id, data }: EventOf<typeof Reading>, context: Context): void {
    this.forget(context.now() - rememberedMs);
    const key = `${source} ${id}`;
    if (this.seen.has(key)) return;
    this.seen.set(key, context.now());
    this.total.update((total = 0) => total + data.amount);
  }

  private forget(untilMs: number): void {
    const old: string[] = [];
    for (const [key, seenAt] of this.seen.entries()) {
      if (seenAt > untilMs && this.seen.size - old.length < rememberedMax) break;
      old.push(key);
    }
    for (const key of old) this.seen.delete(key);
  }
}
// #endregion deduplication

function reading(id: string): ReturnType<typeof Reading.create> {
  return Reading.create({ amount: 1 }, { id, source: '/meter' });
}

function remembered({ state }: TestFunction): readonly string[] {
  return Object.keys((state as { readonly seen: object }).seen);
}

describe('docs/recipes.md, deduplication', () => {
  it('counts an event once, however often its producer sends it', async () => {
    const total = await testFunction(TotalFunction);
    for (const id of ['a', 'b', 'a', 'a']) await total.receives(reading(id));
    await total.receives(Reading.create({ amount: 1 }, { id: 'a', source: '/other-meter' }));

    expect(total.state).toMatchObject({ total: 3 });
  });

  it('remembers an event for a day', async () => {
    const total = await testFunction(TotalFunction);
    await total.receives(reading('a'));
    await total.advance('23h');
    await total.receives(reading('a'));
    await total.receives(reading('b'));
    expect(total.state).toMatchObject({ total: 2 });

    await total.advance('1h');
    await total.receives(reading('c'));

    expect(remembered(total)).toEqual(['/meter b', '/meter c']);
  });

  it('remembers a thousand at most, and forgets the oldest', async () => {
    const seen = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`/meter ${index}`, 1]));
    const total = await testFunction(TotalFunction, { state: { seen }, now: 2 });
    await total.receives(reading('new'));

    expect(remembered(total)).toHaveLength(1_000);
    expect(remembered(total)[0]).toBe('/meter 1');
  });
});
