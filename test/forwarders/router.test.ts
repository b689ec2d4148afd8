import { beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { CloudEvent, NewEvent } from '../../src/envelope/cloud-event.ts';
import { Envelope } from '../../src/envelope/envelope.ts';
import { eventType } from '../../src/envelope/event-type.ts';
import type { Downstream, EventForwarder } from '../../src/forwarders/event-forwarder.ts';
import { Router, type RegisteredForwarder } from '../../src/forwarders/router.ts';
import { StatefunError } from '../../src/shared/errors.ts';
import { functionMetadataKey } from '../../src/shared/function-target.ts';
import { ManualClock } from '../../src/shared/time/manual-clock.ts';
import { messageIdOf } from '../../src/shared/message-id.ts';
import { recordMetadata } from '../../src/shared/metadata.ts';

const text = '{"specversion":"1.0", "id":"e1","source":"/s","type":"shop.sold","more":"x","data":{"id":"a","extra":1.0}}';
const registered = ['shop/cart', 'shop/product'];

class CartFunction {}
recordMetadata(CartFunction, functionMetadataKey, { type: 'shop/cart' });

/** Answers with anything, since forwarders written in JavaScript do. */
type Forward = (event: CloudEvent, downstream: Downstream) => unknown;

function forwarderOf(name: string, forward: Forward, rest: Partial<RegisteredForwarder> = {}): RegisteredForwarder {
  return { name, order: 0, forwarder: { accept: () => true, forward }, ...rest };
}

/** Sends the event on to `shop/cart`, the id being its own name. */
const sendTo = (id: string): Forward => {
  return (event, downstream) => downstream.send('shop/cart', id, event);
};

function routerOf(...forwarders: RegisteredForwarder[]): Router {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  return new Router(forwarders, { isRegistered: (type) => registered.includes(type), registeredTypes: () => registered, clock });
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

let envelope: Envelope;

beforeEach(() => {
  envelope = Envelope.ofPayload(text, { partitionKey: 'k' });
});

describe('Router', () => {
  it('sends nothing when no forwarder accepts', () => {
    const forwarder: EventForwarder = { accept: () => false, forward: sendTo('x') };
    expect(routerOf({ name: 'A', order: 0, forwarder }).route(envelope, 'o')).toEqual([]);
    expect(routerOf().route(envelope, 'o')).toEqual([]);
  });

  it('gives the event to every forwarder that accepts, by order and then by name', () => {
    const router = routerOf(
      ...[
        forwarderOf('Zeta', sendTo('z'), { order: 1 }),
        forwarderOf('Beta', sendTo('b'), { order: 2 }),
        forwarderOf('Alpha', sendTo('a'), { order: 2 }),
      ],
      forwarderOf('alpha', sendTo('al'), { order: 2 }),
      forwarderOf('Last', sendTo('l'), { order: 10 }),
    );
    expect(router.route(envelope, 'o').map((message) => [message.forwarder, message.target.id])).toEqual([
      ['Zeta', 'z'],
      ['Alpha', 'a'],
      ['Beta', 'b'],
      ['alpha', 'al'],
      ['Last', 'l'],
    ]);
  });

  it('accepts by the event type where the forwarder has no accept, and by accept where it has', () => {
    const Sold = eventType('shop.sold');
    const Bought = eventType('shop.bought');
    const router = routerOf(
      { name: 'A', order: 0, forwarder: { forward: sendTo('a') }, eventTypes: [Sold] },
      { name: 'B', order: 0, forwarder: { forward: sendTo('b') }, eventTypes: [Bought] },
      { name: 'C', order: 0, forwarder: { accept: () => false, forward: sendTo('c') }, eventTypes: [Sold] },
      { name: 'D', order: 0, forwarder: { accept: () => true, forward: sendTo('d') }, eventTypes: [Bought] },
    );
    expect(router.route(envelope, 'o').map((message) => message.forwarder)).toEqual(['A', 'D']);
  });

  it('names messages by origin, forwarder and ordinal', () => {
    const twice: Forward = (event, downstream) => {
      downstream.send('shop/cart', 'a', event);
      downstream.send('shop/product', 'b', { type: 'x', data: 1 });
    };
    const ids = routerOf(forwarderOf('A', twice), forwarderOf('B', sendTo('c')))
      .route(envelope, 'stream/shard-1/42')
      .map((message) => message.envelope.messageId);
    expect(ids).toEqual([
      messageIdOf('stream/shard-1/42', 'A', 0),
      messageIdOf('stream/shard-1/42', 'A', 1),
      messageIdOf('stream/shard-1/42', 'B', 0),
    ]);
  });

  it('passes an event on as it came in, to the byte, with its partition key', () => {
    const [message] = routerOf(forwarderOf('A', sendTo('a'))).route(envelope, 'o');
    expect(message?.envelope.payload).toBe(text);
    expect(message?.envelope.partitionKey).toBe('k');
    expect(envelope.messageId).toBeUndefined();
  });

  it('passes on the event as it came in when the forwarder sends the view its schema gave', () => {
    const Sold = eventType('shop.sold', z.object({ id: z.string(), count: z.number().default(1) }));
    const seen: unknown[] = [];
    const forwarder: EventForwarder = {
      forward: (event, downstream) => {
        seen.push(event.data);
        downstream.send('shop/cart', 'a', event);
      },
    };
    const [message] = routerOf({ name: 'A', order: 0, forwarder, eventTypes: [Sold] }).route(envelope, 'o');
    expect(seen).toEqual([{ id: 'a', count: 1 }]);
    expect(message?.envelope.payload).toBe(text);
  });

  it('takes a partition key from the forwarder', () => {
    const forward: Forward = (event, downstream) => downstream.send('shop/cart', 'a', event, { partitionKey: 'other' });
    expect(routerOf(forwarderOf('A', forward)).route(envelope, 'o')[0]?.envelope.partitionKey).toBe('other');
  });

  it('completes a new event with message id, forwarder and the time of the clock', () => {
    const event: NewEvent = { type: 'shop.noted', data: { id: 'a' } };
    const [message] = routerOf(forwarderOf('Notes', (_, downstream) => downstream.send('shop/cart', 'a', event))).route(envelope, 'o');
    expect(message?.envelope.event).toEqual({
      ...{ specversion: '1.0', id: messageIdOf('o', 'Notes', 0), source: '/forwarders/Notes', type: 'shop.noted' },
      ...{ time: '2026-01-01T00:00:00.000Z', datacontenttype: 'application/json', data: { id: 'a' } },
    });
    expect(message?.envelope.partitionKey).toBeUndefined();
  });

  it('names a target by its class', () => {
    const [message] = routerOf(forwarderOf('A', (event, downstream) => downstream.send(CartFunction, 'a', event))).route(envelope, 'o');
    expect(message?.target).toEqual({ type: 'shop/cart', id: 'a' });
  });

  it('gives the same messages when it routes again', () => {
    const router = routerOf(forwarderOf('A', sendTo('a')), forwarderOf('B', sendTo('b')));
    const parts = (): unknown[] =>
      router.route(envelope, 'o').map(({ target, envelope: { messageId, payload } }) => ({ target, messageId, payload }));
    expect(parts()).toEqual(parts());
  });
});

describe('a router that refuses', () => {
  it('sends nothing of an event when one of its forwarders throws', () => {
    const failing = forwarderOf('B', (event, downstream) => {
      downstream.send('shop/cart', 'b', event);
      throw new Error('no cart');
    });
    const refusal = refusalOf(routerOf(forwarderOf('A', sendTo('a')), failing));
    expect(refusal).toMatchObject({
      ...{ code: 'FORWARDER_FAILED', outcome: 'give-up', cause: { message: 'no cart' } },
      facts: { forwarder: 'B', eventId: 'e1', eventType: 'shop.sold' },
    });
    expect(refusal.summary).toBe('forwarder B threw on event "e1" of type "shop.sold": no cart.');
  });

  it('treats accept that throws like forward that throws', () => {
    const forwarder: EventForwarder = {
      accept: () => {
        throw new Error('bad');
      },
      forward: sendTo('a'),
    };
    expect(refusalOf(routerOf({ name: 'A', order: 0, forwarder }))).toMatchObject({ code: 'FORWARDER_FAILED', cause: { message: 'bad' } });
  });

  it('does not let a forwarder change the event', () => {
    const changing: Forward = (event) => void Object.assign(event.data as object, { id: 'b' });
    expect(refusalOf(routerOf(forwarderOf('A', changing)))).toMatchObject({ code: 'FORWARDER_FAILED', cause: { name: 'TypeError' } });
    expect(envelope.event.data).toEqual({ id: 'a', extra: 1 });
  });

  it('refuses a forwarder that answers with a promise, and its late sends', async () => {
    let late: unknown;
    const forward = async (event: CloudEvent, downstream: Downstream): Promise<void> => {
      await Promise.resolve();
      try {
        downstream.send('shop/cart', 'a', event);
      } catch (error) {
        late = error;
      }
    };
    const refusal = refusalOf(routerOf(forwarderOf('A', forward)));
    expect(refusal).toMatchObject({ code: 'FORWARDER_ASYNC', facts: { method: 'forward', forwarder: 'A', eventId: 'e1' } });
    await new Promise(setImmediate);
    expect(late).toMatchObject({ code: 'FORWARDER_ENDED' });
  });

  it('takes care of the rejection of a promise it refuses', async () => {
    const forward = (): Promise<void> => Promise.reject(new Error('late'));
    expect(refusalOf(routerOf(forwarderOf('A', forward))).code).toBe('FORWARDER_ASYNC');
    await new Promise(setImmediate);
  });

  it('refuses an accept that answers with a promise, which would always be true', () => {
    const forwarder = { accept: () => Promise.resolve(false), forward: sendTo('a') } as unknown as EventForwarder;
    expect(refusalOf(routerOf({ name: 'A', order: 0, forwarder }))).toMatchObject({ code: 'FORWARDER_ASYNC', facts: { method: 'accept' } });
  });

  it('refuses a downstream that is used after forward has returned', () => {
    let kept: Downstream | undefined;
    routerOf(forwarderOf('A', (_, downstream) => void (kept = downstream))).route(envelope, 'o');
    expect(() => kept?.send('shop/cart', 'a', envelope.event)).toThrow('FORWARDER_ENDED');
  });

  it('names the types there are when nothing handles the target', () => {
    const refusal = refusalOf(routerOf(forwarderOf('CartEvents', (event, downstream) => downstream.send('shop/crat', 'a', event))));
    expect(refusal).toMatchObject({
      code: 'UNKNOWN_FUNCTION',
      outcome: 'give-up',
      facts: { type: 'shop/crat', registered, forwarder: 'CartEvents' },
    });
    expect(refusal.summary).toBe(
      'nothing handles function type "shop/crat". Registered types: shop/cart, shop/product (from forwarder CartEvents, event "e1" of type "shop.sold").',
    );
  });

  it('refuses a class that is no function', () => {
    expect(refusalOf(routerOf(forwarderOf('A', (event, downstream) => downstream.send(Map, 'a', event)))).summary).toContain(
      'class Map is not a function',
    );
  });

  it.each([[''], [undefined], [5], ['漢'.repeat(30_000)]])('refuses an id that can name no address', (id) => {
    const forward: Forward = (event, downstream) => downstream.send('shop/cart', id as string, event);
    expect(refusalOf(routerOf(forwarderOf('A', forward)))).toMatchObject({
      code: 'INVALID_ADDRESS_ID',
      facts: { forwarder: 'A', eventId: 'e1' },
    });
  });

  it('refuses a partition key that is too long', () => {
    const forward: Forward = (event, downstream) => downstream.send('shop/cart', 'a', event, { partitionKey: 'x'.repeat(65_537) });
    expect(refusalOf(routerOf(forwarderOf('A', forward)))).toMatchObject({ code: 'PARTITION_KEY_INVALID', facts: { forwarder: 'A' } });
  });

  it('refuses a new event that is none', () => {
    const forward: Forward = (_, downstream) => downstream.send('shop/cart', 'a', { type: 't', data: new Date(0) });
    expect(refusalOf(routerOf(forwarderOf('A', forward)))).toMatchObject({
      code: 'EVENT_NOT_SERIALIZABLE',
      facts: { path: 'data', forwarder: 'A' },
    });
  });

  it('counts a refused send even if the forwarder catches it', () => {
    const forward: Forward = (event, downstream) => {
      downstream.send('shop/cart', 'a', event);
      try {
        downstream.send('shop/crat', 'a', event);
      } catch {
        // Swallowed: half of the messages must not go out all the same.
      }
    };
    expect(refusalOf(routerOf(forwarderOf('A', forward))).code).toBe('UNKNOWN_FUNCTION');
  });

  it('names the field when the data does not match the schema of the event type', () => {
    const Sold = eventType('shop.sold', z.object({ id: z.number() }));
    const refusal = refusalOf(routerOf({ name: 'A', order: 0, forwarder: { forward: sendTo('a') }, eventTypes: [Sold] }));
    expect(refusal).toMatchObject({ code: 'INVALID_EVENT_DATA', facts: { eventId: 'e1', fields: ['data.id'] } });
  });

  it('blames the forwarder when the schema itself throws', () => {
    const validate = (): never => {
      throw new Error('broken schema');
    };
    const Sold = eventType('shop.sold', { '~standard': { version: 1, vendor: 'test', validate } });
    const router = routerOf({ name: 'A', order: 0, forwarder: { forward: sendTo('a') }, eventTypes: [Sold] });
    expect(refusalOf(router)).toMatchObject({ code: 'FORWARDER_FAILED', cause: { message: 'broken schema' } });
  });

  it('refuses two forwarders of one name, whose messages would have one id', () => {
    expect(() => routerOf(forwarderOf('A', sendTo('a')), forwarderOf('A', sendTo('b'), { order: 1 }))).toThrow('DUPLICATE_FORWARDER');
  });

  it('refuses a forwarder that says nothing about what it accepts', () => {
    expect(() => routerOf({ name: 'A', order: 0, forwarder: { forward: sendTo('a') } })).toThrow('FORWARDER_WITHOUT_ACCEPT');
  });
});
