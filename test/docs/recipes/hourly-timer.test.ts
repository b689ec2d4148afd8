import { describe, expect, it } from '@jest/globals';
import { eventType, Handles, Persisted, PersistedValue, StatefunFunction, type Context, type EventOf } from 'statefun';
import { testFunction } from 'statefun/testing';

// The code in docs/recipes.md, and that it does what the document says.

// #region hourly-timer
const Visited = eventType('shop.visited');
const HourOver = eventType('shop.hour-over');
const VisitsCounted = eventType<{ readonly shop: string; readonly visits: number }>('shop.visits-counted');

const hourMs = 3_600_000;

/** Says at every full hour how many visits a shop had. */
@StatefunFunction('shop/visits')
export class VisitsFunction {
  @Persisted() private readonly visits = PersistedValue.of<number>();
  @Persisted() private readonly ticking = PersistedValue.of<boolean>();

  @Handles(Visited)
  onVisited(_event: EventOf<typeof Visited>, context: Context): void {
    this.visits.update((visits = 0) => visits + 1);
    if (!this.ticking.exists()) this.tick(context);
  }

  @Handles(HourOver)
  onHourOver(_event: EventOf<typeof HourOver>, context: Context): void {
    const visits = this.visits.getOrDefault(0);
    // A shop that nobody visits costs nothing: its timer begins again with the next visit.
    if (visits === 0) return this.ticking.clear();
    context.egress('shop/statistics', VisitsCounted.create({ shop: context.self.id, visits }));
    this.visits.clear();
    this.tick(context);
  }

  private tick(context: Context): void {
    this.ticking.set(true);
    context.sendAfter(hourMs - (context.now() % hourMs), VisitsFunction, context.self.id, HourOver.create({}));
  }
}
// #endregion hourly-timer

describe('docs/recipes.md, an hourly timer', () => {
  it('counts to the full hour, goes on while there are visits, and stops when there are none', async () => {
    const shop = await testFunction(VisitsFunction, { id: 'Oslo', now: '2030-01-01T10:40:00Z' });
    await shop.receives(Visited.create({}));
    await shop.receives(Visited.create({}));
    expect(shop.delayed.map(({ dueAt }) => new Date(dueAt).toISOString())).toEqual(['2030-01-01T11:00:00.000Z']);

    await shop.advance('20m');
    await shop.receives(Visited.create({}));
    await shop.advance('1h');
    await shop.advance('1h');

    expect(shop.egress.map(({ event }) => event.data)).toEqual([
      { shop: 'Oslo', visits: 2 },
      { shop: 'Oslo', visits: 1 },
    ]);
    expect(shop.delayed).toEqual([]);
    expect(shop.state).toEqual({});
  });
});
