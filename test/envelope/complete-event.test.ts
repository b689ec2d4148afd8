import { describe, expect, it } from '@jest/globals';
import { CloudEvent } from '../../src/envelope/cloud-event.ts';
import { completeEvent } from '../../src/envelope/complete-event.ts';

const defaults = { id: 'message-1', source: '/functions/shop', timeMs: Date.UTC(2026, 0, 1) };

describe('completeEvent', () => {
  it('fills in what a new event leaves out', () => {
    expect(JSON.stringify(completeEvent({ type: 'shop.sold', data: { id: 'a' } }, defaults))).toBe(
      '{"specversion":"1.0","id":"message-1","source":"/functions/shop","type":"shop.sold","time":"2026-01-01T00:00:00.000Z",' +
        '"datacontenttype":"application/json","data":{"id":"a"}}',
    );
  });

  it('gives the id that the defaults had at the call, also when a getter of the event changes them', () => {
    const changing = { ...defaults };
    const event = {
      type: 't',
      get data() {
        changing.id = 'message-2';
        return 1;
      },
    };
    expect(completeEvent(event, changing).id).toBe('message-1');
  });

  it('keeps what a new event says, extensions included', () => {
    const given = {
      ...{ type: 'shop.sold', data: 'x', id: 'mine', source: '/mine', time: '2020-01-01T00:00:00Z' },
      ...{ datacontenttype: 'text/plain', subject: 's', dataschema: 'http://example.com/s', shop: 5, constructor: 'x' },
    };
    expect(completeEvent(given, defaults)).toEqual({ specversion: '1.0', ...given });
  });

  it('treats undefined attributes as left out', () => {
    const event = completeEvent({ type: 'shop.sold', data: null, id: undefined, subject: undefined }, defaults);
    expect(Object.keys(event)).toEqual(['specversion', 'id', 'source', 'type', 'time', 'datacontenttype', 'data']);
    expect(event.id).toBe('message-1');
  });

  it('gives back a complete plain event as it is, adding nothing', () => {
    const event = { specversion: '1.0', id: '1', source: '/s', type: 't', data: { id: 'a' } };
    expect(completeEvent(event, defaults)).toBe(event);
    expect(Object.keys(event)).toEqual(['specversion', 'id', 'source', 'type', 'data']);
  });

  it('does not ask for the time when the event has one', () => {
    expect(completeEvent({ type: 't', data: 1, time: '2020-01-01T00:00:00Z' }, { ...defaults, timeMs: NaN }).time).toBe(
      '2020-01-01T00:00:00Z',
    );
  });

  it('freezes the event and the data it was given', () => {
    const data = { items: [1] };
    const event = completeEvent({ type: 't', data }, defaults);
    expect(Object.isFrozen(event)).toBe(true);
    expect(() => data.items.push(2)).toThrow(TypeError);
  });

  it('turns an event of the cloudevents package into a plain one', () => {
    const built = new CloudEvent({ id: '1', source: '/s', type: 't', time: '2026-01-01T00:00:00.000Z', shop: 'x', data: { id: 'a' } });
    const event = completeEvent(built, defaults);
    expect(Object.getPrototypeOf(event)).toBe(Object.prototype);
    expect(Object.keys(event).sort()).toEqual(['data', 'id', 'shop', 'source', 'specversion', 'time', 'type']);
    expect(event).toEqual(JSON.parse(JSON.stringify(built)));
  });

  it('writes binary data as base64 text', () => {
    const bytes = Uint8Array.from([0, 0x66, 0x6f, 0x6f]).subarray(1);
    expect(completeEvent({ type: 't', data: bytes }, defaults)).toMatchObject({ data_base64: 'Zm9v' });
    const built = new CloudEvent({ source: '/s', type: 't', data: bytes });
    expect(completeEvent(built, defaults)).toMatchObject({ data_base64: 'Zm9v' });
    expect('data' in completeEvent(built, defaults)).toBe(false);
  });

  it.each([
    ['an attribute name', { type: 't', data: 1, 'shop-id': 'x' }, 'shop-id'],
    ['an attribute name of every object', { type: 't', data: 1, toString: 'x' }, 'toString'],
    ['a source', { type: 't', data: 1, source: 'a b' }, 'source'],
    ['a specversion', { type: 't', data: 1, specversion: '0.3' }, 'specversion'],
    ['an empty type', { type: '', data: 1 }, 'type'],
    ['an extension', { type: 't', data: 1, shop: 1.5 }, 'shop'],
  ])('refuses %s that CloudEvents does not know', (_, event, attribute) => {
    expect(() => completeEvent(event, defaults)).toThrow(expect.objectContaining({ code: 'INVALID_CLOUD_EVENT' }));
    expect(() => completeEvent(event, defaults)).toThrow(`attribute "${attribute}"`);
  });

  it('refuses data that JSON would change', () => {
    expect(() => completeEvent({ type: 't', data: { at: new Date(0) } }, defaults)).toThrow(
      'EVENT_NOT_SERIALIZABLE: "data.at" of the event',
    );
  });

  it.each([[undefined], [null], ['text'], [[]]])('refuses %j, which is no event', (value) => {
    expect(() => completeEvent(value as never, defaults)).toThrow('INVALID_CLOUD_EVENT');
  });
});
