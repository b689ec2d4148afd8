import { describe, expect, it } from '@jest/globals';
import { Envelope } from '../../src/envelope/envelope.ts';
import type { EventForwarder } from '../../src/forwarders/event-forwarder.ts';
import { Router, type RegisteredForwarder } from '../../src/forwarders/router.ts';
import { StatefunError } from '../../src/shared/errors.ts';
import { ManualClock } from '../../src/shared/time/manual-clock.ts';

type Forward = EventForwarder['forward'];

const envelope = Envelope.ofPayload('{"specversion":"1.0","id":"e1","source":"/s","type":"shop.sold","data":{}}');

const forwarderOf = (name: string, forward: Forward): RegisteredForwarder => ({
  name,
  order: 0,
  forwarder: { accept: () => true, forward },
});

function routerOf(...forwarders: RegisteredForwarder[]): Router {
  return new Router(forwarders, { isRegistered: () => true, registeredTypes: () => [], clock: new ManualClock() });
}

function refusalOf(router: Router): StatefunError {
  try {
    router.route(envelope, 'o');
  } catch (error) {
    if (StatefunError.is(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('What is forwarded for one event', () => {
  it('may go to 130,000 addresses', () => {
    const router = routerOf(
      forwarderOf('Everyone', (event, downstream) => {
        for (let number = 0; number < 130_000; number++) downstream.send('shop/cart', `cart-${number}`, event);
      }),
    );
    const messages = router.route(envelope, 'o');
    expect(messages).toHaveLength(130_000);
    expect(messages.at(-1)?.target).toEqual({ type: 'shop/cart', id: 'cart-129999' });
  });

  it('is refused past 250,000 messages, of all forwarders together', () => {
    const half: Forward = (event, downstream) => {
      for (let number = 0; number < 125_001; number++) downstream.send('shop/cart', 'a', event);
    };
    const refusal = refusalOf(routerOf(forwarderOf('First', half), forwarderOf('Second', half)));
    expect(refusal).toMatchObject({ code: 'TOO_MANY_FORWARDS', outcome: 'give-up', facts: { forwarder: 'Second', forwardsMax: 250_000 } });
  });

  it('is refused past 64 MiB, ids among them', () => {
    const router = routerOf(
      forwarderOf('Long', (event, downstream) => {
        for (let number = 0; number < 1_025; number++) downstream.send('shop/cart', 'x'.repeat(65_536), event);
      }),
    );
    expect(refusalOf(router)).toMatchObject({ code: 'TOO_MANY_FORWARDS', facts: { forwardBytesMax: 67_108_864 } });
  });

  it('is refused where a forwarder makes an event that is larger than a store keeps', () => {
    const router = routerOf(
      forwarderOf('Large', (_event, downstream) => {
        downstream.send('shop/cart', 'a', { type: 'large', data: 'x'.repeat(16 * 1_024 * 1_024) });
      }),
    );
    expect(refusalOf(router)).toMatchObject({ code: 'MESSAGE_TOO_LARGE', facts: { forwarder: 'Large' } });
  });
});
