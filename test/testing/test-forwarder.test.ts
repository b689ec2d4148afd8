import { expect, describe, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import { eventType } from '../../src/envelope/event-type.ts';
import type { StandardSchemaV1 } from '../../src/envelope/standard-schema.ts';
import type { Downstream, EventForwarder } from '../../src/forwarders/event-forwarder.ts';
import { Forwarder } from '../../src/forwarders/forwarder-decorator.ts';
import { testForwarder } from '../../src/testing/test-forwarder.ts';

interface Order {
  readonly customer: string;
  readonly products: readonly string[];
}

const orderSchema: StandardSchemaV1<unknown, Order> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      typeof (value as Partial<Order>).customer === 'string' ? { value: value as Order } : { issues: [{ message: 'no customer' }] },
  },
};
const Ordered = eventType('shop.ordered', orderSchema);

@Forwarder(Ordered)
class OrderEvents implements EventForwarder<Order> {
  static inject = ['prefix'];

  constructor(private readonly prefix: string) {}

  forward(event: CloudEvent<Order>, downstream: Downstream): void {
    downstream.send('shop/customer', this.prefix + event.data.customer, event);
    for (const product of event.data.products) downstream.send('shop/product', product, { type: 'shop.sold', data: { product } });
  }
}

const providers = [{ provide: 'prefix', useValue: 'c-' }];
const order = Ordered.create({ customer: '7', products: ['lamp', 'desk'] });

describe('testForwarder', () => {
  it('documents a test', async () => {
    // #region forwarder
    const forwarder = await testForwarder(OrderEvents, { providers: [{ provide: 'prefix', useValue: 'c-' }] });

    expect(forwarder.accepts({ type: 'shop.cancelled', data: {} })).toBe(false);
    forwarder.expectForwards(Ordered.create({ customer: '7', products: ['lamp'] }), [
      { to: { type: 'shop/customer', id: 'c-7' }, event: { type: 'shop.ordered' } },
      { to: { type: 'shop/product', id: 'lamp' }, event: { type: 'shop.sold', data: { product: 'lamp' } } },
    ]);
    // #endregion forwarder
  });

  it('gives the messages of an event in the order they were sent', async () => {
    const forwarder = await testForwarder(OrderEvents, { providers, now: '2030-01-01T00:00:00Z' });

    const messages = forwarder.forwards(order);

    expect(messages.map(({ to }) => `${to.type}/${to.id}`)).toEqual(['shop/customer/c-7', 'shop/product/lamp', 'shop/product/desk']);
    expect(messages[0]?.event).toMatchObject({ type: 'shop.ordered', time: '2030-01-01T00:00:00.000Z', data: { customer: '7' } });
    expect(new Set(messages.map(({ messageId }) => messageId)).size).toBe(3);
  });

  it('accepts what the router would give to it, and sends nothing for the rest', async () => {
    const forwarder = await testForwarder(OrderEvents, { providers });

    expect(forwarder.accepts(order)).toBe(true);
    expect(forwarder.accepts({ type: 'shop.other', data: null })).toBe(false);
    expect(forwarder.forwards({ type: 'shop.other', data: null })).toEqual([]);
  });

  it('refuses data as in production', async () => {
    const forwarder = await testForwarder(OrderEvents, { providers });

    expect(() => forwarder.forwards({ type: 'shop.ordered', data: {} })).toThrow('no customer');
  });

  it('refuses functions that do not exist, when told which do', async () => {
    const forwarder = await testForwarder(OrderEvents, { providers, functions: ['shop/customer'] });

    expect(() => forwarder.forwards(order)).toThrow('nothing handles function type "shop/product". Registered types: shop/customer');
    expect(forwarder.forwards(Ordered.create({ customer: '7', products: [] }))).toHaveLength(1);
  });

  it('says what differs from what was expected', async () => {
    const forwarder = await testForwarder(OrderEvents, { providers });

    expect(() => forwarder.expectForwards(order, [{ to: { id: 'c-8' } }])).toThrow(
      'EXPECTATION_FAILED: forwarder OrderEvents, event type "shop.ordered": [0].to.id is "c-7", expected "c-8".',
    );
    expect(() => forwarder.expectForwards(order, [{}])).toThrow(
      '3 messages, expected 1; too many from [1]: {"to":{"type":"shop/product","id":"lamp"}',
    );
    expect(() => forwarder.expectForwards(order, [{}, {}, {}, { to: { id: 'chair' } }])).toThrow(
      '3 messages, expected 4; missing from [3]: {"to":{"id":"chair"}}',
    );
  });

  it('is refused for a class that is no forwarder, and without its providers', async () => {
    class Plain {}
    await expect(testForwarder(Plain)).rejects.toThrow('NOT_A_FUNCTION_CLASS');
    await expect(testForwarder(OrderEvents)).rejects.toThrow('PROVIDER_MISSING');
  });
});

describe('TestForwarder.play', () => {
  const line = (type: string, data: unknown): string => JSON.stringify({ specversion: '1.0', id: '1', source: '/shop', type, data });

  async function play(lines: readonly string[]): ReturnType<Awaited<ReturnType<typeof testForwarder>>['play']> {
    const folder = mkdtempSync(join(tmpdir(), 'statefun-forwarder-'));
    try {
      writeFileSync(join(folder, 'orders.jsonl'), lines.join('\n'));
      const forwarder = await testForwarder(OrderEvents, { providers });
      return await forwarder.play(join(folder, 'orders.jsonl'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it('forwards each event of a fixture', async () => {
    const played = await play([
      line('shop.ordered', { customer: '1', products: [] }),
      '{"type":"test.comment","data":"x"}',
      line('shop.other', null),
    ]);

    expect(played).toMatchObject([
      { place: expect.stringMatching(/orders\.jsonl:1$/), messages: [{ to: { type: 'shop/customer', id: 'c-1' } }] },
      { place: expect.stringMatching(/orders\.jsonl:3$/), messages: [] },
    ]);
  });

  it('refuses expectations that mean nothing to a forwarder', async () => {
    await expect(play(['{"type":"test.expect-egress","data":{}}'])).rejects.toThrow('orders.jsonl:1: test.expect-egress has no meaning');
  });
});
