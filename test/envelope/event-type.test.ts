import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import { eventType } from '../../src/envelope/event-type.ts';
import type { StandardSchemaV1 } from '../../src/envelope/standard-schema.ts';

const product = z.object({ id: z.string(), price: z.number(), tags: z.array(z.object({ name: z.string() })).default([]) });
const ProductChanged = eventType('shop.product', product, { source: '/products' });

function eventWith(data: unknown, type = 'shop.product'): CloudEvent {
  return Object.freeze({ specversion: '1.0', id: 'e1', source: '/s', type, shop: 'x', data });
}

describe('eventType', () => {
  it('recognises events by their type alone', () => {
    expect(ProductChanged.is(eventWith('anything'))).toBe(true);
    expect(ProductChanged.is(eventWith({ id: 'a', price: 1 }, 'shop.product2'))).toBe(false);
  });

  it('creates events with its source, which attributes override', () => {
    const data = { id: 'a', price: 1, tags: [] };
    expect(ProductChanged.create(data)).toEqual({ type: 'shop.product', source: '/products', data });
    expect(ProductChanged.create(data, { source: '/mine', shop: 5 })).toEqual({ type: 'shop.product', source: '/mine', shop: 5, data });
  });

  it('leaves the source out where there is none', () => {
    expect(Object.keys(eventType('shop.sold').create(1))).toEqual(['type', 'data']);
    expect(eventType('shop.sold', { source: '/sales' }).create(1).source).toBe('/sales');
  });

  it('checks nothing without a schema', () => {
    const event = eventWith('anything');
    expect(eventType<number>('shop.product').check(event)).toBe(event);
    expect(eventType('shop.product').schema).toBeUndefined();
  });

  it('gives back the very event when the schema gives back the very data', () => {
    const data = Object.freeze({ id: 'a' });
    const event = eventWith(data);
    expect(
      eventType(
        'shop.product',
        z.custom<{ id: string }>(() => true),
      ).check(event),
    ).toBe(event);
  });

  it('gives a frozen copy with the data that the schema gives', () => {
    const event = eventWith(Object.freeze({ id: 'a', price: 1, unknown: true }));
    const checked = ProductChanged.check(event);
    expect(checked).toEqual({ ...event, data: { id: 'a', price: 1, tags: [] } });
    expect(() => checked.data.tags.push({ name: 'x' })).toThrow(TypeError);
    expect(() => Object.assign(checked, { id: 'e2' })).toThrow(TypeError);
    expect(event.data).toHaveProperty('unknown');
  });

  it('names every field that is wrong, the event type and the event', () => {
    const event = eventWith({ price: '42', tags: [{ name: 'ok' }, { name: 5 }] });
    expect(() => ProductChanged.check(event)).toThrow(
      expect.objectContaining({
        code: 'INVALID_EVENT_DATA',
        outcome: 'give-up',
        facts: expect.objectContaining({
          eventType: 'shop.product',
          eventId: 'e1',
          fields: ['data.id', 'data.price', 'data.tags[1].name'],
        }),
      }),
    );
    expect(() => ProductChanged.check(event)).toThrow(
      /event "e1" of type "shop\.product".*data\.id: .+; data\.price: .+; data\.tags\[1\]\.name: /,
    );
  });

  it('names the data itself when it is wrong as a whole', () => {
    expect(() => ProductChanged.check(eventWith('text'))).toThrow(
      expect.objectContaining({ facts: expect.objectContaining({ fields: ['data'] }) }),
    );
  });

  it('reads paths whose parts are objects', () => {
    const schema: StandardSchemaV1<unknown, string> = {
      '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'bad', path: [{ key: 'items' }, { key: 0 }] }] }) },
    };
    expect(() => eventType('t', schema).check(eventWith({}))).toThrow('data.items[0]: bad');
  });

  it('takes schemas that are functions', () => {
    const schema = Object.assign(() => undefined, {
      '~standard': { version: 1, vendor: 'test', validate: () => ({ value: 'checked' }) },
    } as const);
    expect(eventType('t', schema).check(eventWith('given')).data).toBe('checked');
  });

  it('refuses a schema with an asynchronous refinement', () => {
    const type = eventType(
      'shop.product',
      z.string().refine(async () => Promise.resolve(true)),
    );
    expect(() => type.check(eventWith('x'))).toThrow('EVENT_SCHEMA_ASYNC');
  });

  it('leaves no unhandled rejection of a schema that rejects later', () => {
    const schema: StandardSchemaV1 = { '~standard': { version: 1, vendor: 'test', validate: () => Promise.reject(new Error('late')) } };
    expect(() => eventType('t', schema).check(eventWith('x'))).toThrow('EVENT_SCHEMA_ASYNC');
  });
});
