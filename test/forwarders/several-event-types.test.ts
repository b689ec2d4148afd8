import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import { Envelope } from '../../src/envelope/envelope.ts';
import { eventType } from '../../src/envelope/event-type.ts';
import type { Downstream, EventForwarder } from '../../src/forwarders/event-forwarder.ts';
import { Router, type RegisteredForwarder } from '../../src/forwarders/router.ts';
import { ManualClock } from '../../src/shared/time/manual-clock.ts';

function routerOf(...forwarders: RegisteredForwarder[]): Router {
  return new Router(forwarders, { isRegistered: () => true, registeredTypes: () => [], clock: new ManualClock(0) });
}

function ofType(type: string, data: unknown): Envelope {
  return Envelope.ofEvent({ specversion: '1.0', id: 'e', source: '/s', type, data });
}

function sendOn(event: CloudEvent, downstream: Downstream): void {
  downstream.send('shop/cart', 'a', event);
}

describe('a forwarder of several event types', () => {
  it('gives a forwarder of several event types the events of each, checked by the schema of their own type', () => {
    const Sold = eventType('shop.sold', z.object({ id: z.string(), count: z.number().default(1) }));
    const Bought = eventType('shop.bought', z.object({ price: z.number() }));
    const views: unknown[] = [];
    const forwarder: EventForwarder = { forward: (event) => views.push(event.data) };
    const router = routerOf({ name: 'A', order: 0, forwarder, eventTypes: [Bought, Sold] });

    router.route(ofType('shop.sold', { id: 'a' }), 'o');
    router.route(ofType('shop.bought', { price: 2 }), 'o');
    router.route(ofType('shop.returned', { price: 3 }), 'o');

    expect(views).toEqual([{ id: 'a', count: 1 }, { price: 2 }]);
    expect(() => router.route(ofType('shop.bought', { id: 'a' }), 'o')).toThrow('data.price');
  });

  it('asks accept of a forwarder of several event types about events of these types only', () => {
    const asked: string[] = [];
    const accept = (event: CloudEvent): boolean => {
      asked.push(event.type);
      return false;
    };
    const types = { Sold: eventType('shop.sold'), Bought: eventType('shop.bought'), Returned: eventType('shop.returned') };
    const router = routerOf(
      { name: 'A', order: 0, forwarder: { accept, forward: sendOn }, eventTypes: [types.Sold, types.Bought] },
      { name: 'B', order: 0, forwarder: { accept, forward: sendOn }, eventTypes: [types.Bought, types.Returned] },
    );

    expect(router.route(ofType('shop.sold', {}), 'o')).toEqual([]);
    expect(asked).toEqual(['shop.sold']);
  });

  it('refuses a forwarder with an empty list of event types and no accept', () => {
    expect(() => routerOf({ name: 'A', order: 0, forwarder: { forward: () => undefined }, eventTypes: [] })).toThrow(
      'FORWARDER_WITHOUT_ACCEPT',
    );
  });
});
