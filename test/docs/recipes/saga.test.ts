import { describe, expect, it } from '@jest/globals';
import { eventType, Handles, Persisted, PersistedValue, StatefunFunction, type Context, type EventOf } from 'statefun';
import { testFunction, type TestFunction } from 'statefun/testing';

// The code in docs/recipes.md, and that it does what the document says.

// #region saga
interface Order {
  readonly product: string;
  readonly customer: string;
  readonly cents: number;
}
const OrderPlaced = eventType<Order>('shop.order-placed');
const Reserve = eventType<{ readonly order: string }>('shop.reserve');
const Reserved = eventType('shop.reserved');
const Release = eventType<{ readonly order: string }>('shop.release');
const Charge = eventType<{ readonly order: string; readonly cents: number }>('shop.charge');
const Charged = eventType('shop.charged');
const ChargeRefused = eventType('shop.charge-refused');
const Refund = eventType<{ readonly order: string }>('shop.refund');
const TimeIsUp = eventType('shop.time-is-up');
const OrderEnded = eventType<{ readonly order: string; readonly outcome: string }>('shop.order-ended');

@StatefunFunction('shop/order')
export class OrderSaga {
  @Persisted() private readonly order = PersistedValue.of<Order>();
  @Persisted() private readonly step = PersistedValue.of<'reserving' | 'charging' | 'sold' | 'cancelled'>();

  @Handles(OrderPlaced)
  onPlaced({ data }: EventOf<typeof OrderPlaced>, context: Context): void {
    if (this.step.exists()) return;
    this.order.set(data);
    this.step.set('reserving');
    context.send('shop/stock', data.product, Reserve.create({ order: context.self.id }));
    context.sendAfter('15m', OrderSaga, context.self.id, TimeIsUp.create({}), { cancellationToken: 'time-out' });
  }

  @Handles(Reserved)
  onReserved(_event: EventOf<typeof Reserved>, context: Context): void {
    const order = this.order.get();
    if (order === undefined) return;
    // An answer that comes after the order was cancelled is taken back.
    if (this.step.get() === 'cancelled') return context.send('shop/stock', order.product, Release.create({ order: context.self.id }));
    if (this.step.get() !== 'reserving') return;
    this.step.set('charging');
    context.send('shop/payment', order.customer, Charge.create({ order: context.self.id, cents: order.cents }));
  }

  @Handles(Charged)
  onCharged(_event: EventOf<typeof Charged>, context: Context): void {
    const order = this.order.get();
    if (order === undefined) return;
    if (this.step.get() === 'cancelled') return context.send('shop/payment', order.customer, Refund.create({ order: context.self.id }));
    if (this.step.get() !== 'charging') return;
    this.end('sold', 'sold', context);
  }

  @Handles(ChargeRefused)
  onRefused(_event: EventOf<typeof ChargeRefused>, context: Context): void {
    this.cancel('refused', context);
  }

  @Handles(TimeIsUp)
  onTimeIsUp(_event: EventOf<typeof TimeIsUp>, context: Context): void {
    this.cancel('timed out', context);
  }

  private cancel(outcome: string, context: Context): void {
    const order = this.order.get();
    const step = this.step.get();
    if (order === undefined || (step !== 'reserving' && step !== 'charging')) return;
    if (step === 'charging') context.send('shop/stock', order.product, Release.create({ order: context.self.id }));
    this.end('cancelled', outcome, context);
  }

  private end(step: 'sold' | 'cancelled', outcome: string, context: Context): void {
    this.step.set(step);
    context.cancelDelayed('time-out');
    context.egress('shop/orders', OrderEnded.create({ order: context.self.id, outcome }));
  }
}
// #endregion saga

async function placed(): Promise<TestFunction> {
  const order = await testFunction(OrderSaga, { id: 'o-1' });
  await order.receives(OrderPlaced.create({ product: 'lamp', customer: 'Ada', cents: 900 }));
  return order;
}

function outcomes(order: TestFunction): readonly unknown[] {
  return order.egress.map(({ event }) => (event.data as { readonly outcome: string }).outcome);
}

describe('docs/recipes.md, a saga with a time-out', () => {
  it('reserves, charges and ends, and the time-out is taken back', async () => {
    const order = await placed();
    await order.receives(Reserved.create({}));
    await order.receives(Charged.create({}));
    await order.receives(Charged.create({}));

    expect(order.sent.map(({ event: { type } }) => type)).toEqual(['shop.reserve', 'shop.charge']);
    expect(outcomes(order)).toEqual(['sold']);
    expect(order.delayed).toEqual([]);
  });

  it('releases what was reserved when the charge is refused', async () => {
    const order = await placed();
    await order.receives(Reserved.create({}));
    await order.receives(ChargeRefused.create({}));

    expect(order.sentTo('shop/stock', 'lamp').map(({ type }) => type)).toEqual(['shop.reserve', 'shop.release']);
    expect(outcomes(order)).toEqual(['refused']);
  });

  it('ends when time is up, and takes back every answer that comes later', async () => {
    const order = await placed();
    await order.receives(Reserved.create({}));
    await order.advance('15m');
    await order.receives(Charged.create({}));
    await order.receives(ChargeRefused.create({}));

    expect(order.sentTo('shop/stock', 'lamp').map(({ type }) => type)).toEqual(['shop.reserve', 'shop.release']);
    expect(order.sentTo('shop/payment', 'Ada').map(({ type }) => type)).toEqual(['shop.charge', 'shop.refund']);
    expect(outcomes(order)).toEqual(['timed out']);
  });

  it('releases a reservation that comes after the time-out', async () => {
    const order = await placed();
    await order.advance('15m');
    expect(order.sentTo('shop/stock', 'lamp')).toHaveLength(1);

    await order.receives(Reserved.create({}));

    expect(order.sentTo('shop/stock', 'lamp').map(({ type }) => type)).toEqual(['shop.reserve', 'shop.release']);
    expect(outcomes(order)).toEqual(['timed out']);
  });
});
