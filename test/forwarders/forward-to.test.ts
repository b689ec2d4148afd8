import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { Envelope } from '../../src/envelope/envelope.ts';
import { eventType } from '../../src/envelope/event-type.ts';
import type { EventForwarder } from '../../src/forwarders/event-forwarder.ts';
import { forwardTo, type ForwarderValue } from '../../src/forwarders/forward-to.ts';
import { readForwarder } from '../../src/forwarders/forwarder-decorator.ts';
import { Router, type RoutedMessage } from '../../src/forwarders/router.ts';
import { StatefunFunction } from '../../src/functions/decorators.ts';
import { ManualClock } from '../../src/shared/time/manual-clock.ts';

const Sold = eventType('shop.sold', z.object({ cart: z.string() }));
const Bought = eventType<{ readonly basket: string }>('shop.bought');

@StatefunFunction('shop/cart')
class CartFunction {}

function route(value: ForwarderValue, type: string, data: unknown): readonly RoutedMessage[] {
  const declaration = readForwarder(value);
  if (declaration === undefined) throw new Error('not a forwarder');
  // A value of forwardTo needs nothing in its constructor.
  const forwarder = Reflect.construct(value, []) as EventForwarder;
  const options = { isRegistered: () => true, registeredTypes: () => [], clock: new ManualClock(0) };
  const router = new Router([{ ...declaration, order: 0, forwarder }], options);
  return router.route(Envelope.ofEvent({ specversion: '1.0', id: 'e', source: '/s', type, data }), 'o');
}

describe('forwardTo', () => {
  it('sends every event of the type to the id that the function returns, as it came in', () => {
    const [message, ...others] = route(
      forwardTo(CartFunction, Sold, (event) => event.data.cart),
      'shop.sold',
      { cart: 'a' },
    );

    expect(others).toEqual([]);
    expect(message?.target).toEqual({ type: 'shop/cart', id: 'a' });
    expect(message?.envelope.event).toEqual({ specversion: '1.0', id: 'e', source: '/s', type: 'shop.sold', data: { cart: 'a' } });
  });

  it('takes events of no other type', () => {
    expect(
      route(
        forwardTo(CartFunction, Sold, (event) => event.data.cart),
        'shop.returned',
        { cart: 'a' },
      ),
    ).toEqual([]);
  });

  it('takes several event types, and types as text', () => {
    const several = forwardTo('shop/cart', [Bought, 'shop.audited'], (event) => (Bought.is(event) ? event.data.basket : 'all'));

    expect(route(several, 'shop.bought', { basket: 'b' }).map(({ target }) => target.id)).toEqual(['b']);
    expect(route(several, 'shop.audited', {}).map(({ target }) => target.id)).toEqual(['all']);
  });

  it('is named for its function and its event types, unless it is given a name', () => {
    expect(readForwarder(forwardTo(CartFunction, [Sold, Bought], () => 'a'))?.name).toBe('forwardTo(shop/cart, shop.sold, shop.bought)');
    expect(readForwarder(forwardTo(CartFunction, Sold, () => 'a', { name: 'Sales', order: 3 }))).toEqual({
      name: 'Sales',
      order: 3,
      eventTypes: [Sold],
      target: 'shop/cart',
    });
  });

  it('refuses data that the schema of the event type refuses', () => {
    expect(() =>
      route(
        forwardTo(CartFunction, Sold, (event) => event.data.cart),
        'shop.sold',
        {},
      ),
    ).toThrow('data.cart');
  });

  it('reports an id that is none, with the forwarder and the event', () => {
    const broken = forwardTo(CartFunction, Bought, (event) => event.data.basket);

    expect(() => route(broken, 'shop.bought', {})).toThrow(/INVALID_ADDRESS_ID.*from forwarder forwardTo\(shop\/cart, shop\.bought\)/s);
  });

  it('refuses a class that is no function', () => {
    expect(() => forwardTo(Map, Bought, () => 'a')).toThrow('UNKNOWN_FUNCTION');
  });
});
