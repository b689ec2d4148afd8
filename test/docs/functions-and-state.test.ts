import { describe, expect, it } from '@jest/globals';
import {
  eventType,
  Handles,
  inject,
  Persisted,
  PersistedList,
  PersistedTable,
  PersistedValue,
  StatefunFunction,
  type CloudEvent,
  type Context,
  type EventOf,
} from 'statefun';
import { testFunction } from 'statefun/testing';

// The code in docs/functions-and-state.md, and that it does what the document says.

// #region seat
const Reserve = eventType('tickets.reserve');
const Reserved = eventType<{ readonly seat: string }>('tickets.reserved');
const Taken = eventType<{ readonly seat: string }>('tickets.taken');
const Paid = eventType('tickets.paid');
const TimeIsUp = eventType('tickets.time-is-up');

@StatefunFunction('tickets/seat')
export class SeatFunction {
  @Persisted() private readonly holder = PersistedValue.of<string>();

  @Handles(Reserve)
  onReserve(_event: EventOf<typeof Reserve>, context: Context): void {
    const seat = context.self.id;
    if (this.holder.exists()) return context.reply(Taken.create({ seat }));
    this.holder.set(context.caller?.id);
    context.reply(Reserved.create({ seat }));
    context.sendAfter('10m', SeatFunction, seat, TimeIsUp.create({}), { cancellationToken: 'unpaid' });
  }

  @Handles(Paid)
  onPaid(_event: EventOf<typeof Paid>, context: Context): void {
    context.cancelDelayed('unpaid');
  }

  @Handles(TimeIsUp)
  onTimeIsUp(): void {
    this.holder.clear();
  }
}
// #endregion seat

// #region cells
interface Line {
  readonly product: string;
  readonly quantity: number;
}

@StatefunFunction('shop/order')
export class OrderFunction {
  /** One value. */
  @Persisted() private readonly customer = PersistedValue.of<string>();
  /** Values by key. Each is written by itself, so a change of one costs one small write. */
  @Persisted() private readonly lines = PersistedTable.of<Line>();
  /** Grows at its end. */
  @Persisted() private readonly history = PersistedList.of<string>({ name: 'log' });

  @Handles('shop.line-added')
  onLine({ data, time = '' }: CloudEvent<Line & { readonly customer: string }>): void {
    const { customer, product } = data;
    this.customer.set(customer);
    const quantity = (this.lines.get(product)?.quantity ?? 0) + data.quantity;
    if (quantity > 0) this.lines.set(product, { product, quantity });
    else this.lines.delete(product);
    this.history.append(`${time}: ${product}, ${this.lines.size} lines`);
  }
}
// #endregion cells

// #region outside
interface Bank {
  charge(cents: number, options: { readonly idempotencyKey: string; readonly signal: AbortSignal }): Promise<string>;
}
const BankToken = Symbol('Bank');
const Due = eventType<{ readonly cents: number }>('tickets.due');
const Receipt = eventType<{ readonly number: string }>('tickets.receipt');

@StatefunFunction('tickets/payment', {
  handlerTimeout: '5s',
  retry: { attemptsMax: 8, delay: '1s', delayMax: '1m' },
  onFailure: 'dead-letter',
})
export class PaymentFunction {
  @Persisted() private readonly receipt = PersistedValue.of<string>();

  constructor(@inject(BankToken) private readonly bank: Bank) {}

  @Handles(Due)
  async onDue({ data }: EventOf<typeof Due>, context: Context): Promise<void> {
    const { messageId, signal } = context;
    const number = await this.bank.charge(data.cents, { idempotencyKey: messageId, signal });
    this.receipt.set(number);
    context.reply(Receipt.create({ number }));
  }
}
// #endregion outside

const ada = { type: 'tickets/customer', id: 'ada' };
const bob = { type: 'tickets/customer', id: 'bob' };

describe('docs/functions-and-state.md', () => {
  it('gives a seat to the first who asks, and frees it after ten minutes without payment', async () => {
    const seat = await testFunction(SeatFunction, { id: '12A' });

    await seat.receives(Reserve.create({}), { caller: ada });
    await seat.receives(Reserve.create({}), { caller: bob });

    expect(seat.state).toEqual({ holder: 'ada' });
    expect(seat.sent.map(({ to, event }) => [to.id, event.type])).toEqual([
      ['ada', 'tickets.reserved'],
      ['bob', 'tickets.taken'],
    ]);

    await seat.advance('10m');

    expect(seat.state).toEqual({});
  });

  it('keeps a seat that is paid for', async () => {
    const seat = await testFunction(SeatFunction, { id: '12A' });
    await seat.receives(Reserve.create({}), { caller: ada });

    await seat.receives(Paid.create({}));
    await seat.advance('1d');

    expect(seat.state).toEqual({ holder: 'ada' });
  });

  it('keeps the cells of an order under their names', async () => {
    const order = await testFunction(OrderFunction);

    const data = { customer: 'ada', product: 'lamp', quantity: 2 };
    await order.receives({ type: 'shop.line-added', time: '2030-01-01T00:00:00Z', data });

    expect(order.state).toEqual({
      customer: 'ada',
      lines: { lamp: { product: 'lamp', quantity: 2 } },
      log: ['2030-01-01T00:00:00Z: lamp, 1 lines'],
    });
  });

  it('charges with the same idempotency key on every attempt', async () => {
    const keys: string[] = [];
    const bank: Bank = {
      charge: async (_cents, { idempotencyKey }) => {
        keys.push(idempotencyKey);
        if (keys.length === 1) throw new Error('the bank does not answer');
        return 'r-1';
      },
    };
    const payment = await testFunction(PaymentFunction, {
      providers: [{ provide: BankToken, useValue: bank }],
      caller: ada,
      retries: true,
    });

    await payment.receives(Due.create({ cents: 1200 }));
    await payment.settleRetries();

    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
    expect(payment.state).toEqual({ receipt: 'r-1' });
    expect(payment.sentTo('tickets/customer', 'ada')).toMatchObject([{ data: { number: 'r-1' } }]);
  });
});
