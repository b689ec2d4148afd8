import { describe, expect, it } from '@jest/globals';
import { eventType } from '../../src/envelope/event-type.ts';
import type { EventForwarder } from '../../src/forwarders/event-forwarder.ts';
import { declareForwarder, Forwarder, readForwarder } from '../../src/forwarders/forwarder-decorator.ts';

const Sold = eventType<{ id: string }>('shop.sold');

@Forwarder(Sold, { order: 3, name: 'Sales' })
class SoldEvents implements EventForwarder<{ id: string }> {
  forward(): void {}
}

@Forwarder('shop.bought')
class BoughtEvents implements EventForwarder {
  forward(): void {}
}

@Forwarder()
class Everything implements EventForwarder {
  accept(): boolean {
    return true;
  }

  forward(): void {}
}

class Derived extends SoldEvents {}

describe('@Forwarder', () => {
  it('records event type, name and order', () => {
    expect(readForwarder(SoldEvents)).toEqual({ name: 'Sales', order: 3, eventTypes: [Sold] });
  });

  it('makes an event type of a text', () => {
    expect(readForwarder(BoughtEvents)).toMatchObject({
      name: 'BoughtEvents',
      order: undefined,
      eventTypes: [{ type: 'shop.bought', schema: undefined }],
    });
  });

  it('records every event type of a list, texts among them', () => {
    @Forwarder([Sold, 'shop.bought'])
    class Trades implements EventForwarder {
      forward(): void {}
    }

    expect(readForwarder(Trades)?.eventTypes.map(({ type }) => type)).toEqual(['shop.sold', 'shop.bought']);
  });

  it('records no event type where none is named', () => {
    expect(readForwarder(Everything)).toEqual({ name: 'Everything', order: undefined, eventTypes: [] });
  });

  it('says nothing about subclasses, which have message ids of their own', () => {
    expect(readForwarder(Derived)).toBeUndefined();
  });

  it('works without decorator syntax', () => {
    class Plain {
      forward(): void {}
    }
    declareForwarder(Plain, Sold);
    expect(readForwarder(Plain)).toEqual({ name: 'Plain', order: undefined, eventTypes: [Sold] });
  });
});
