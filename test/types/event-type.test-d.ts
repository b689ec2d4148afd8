// Checked by the compiler alone: every expected error below must be one.
import { z } from 'zod';
import type { CloudEvent, NewEvent } from '../../src/envelope/cloud-event.ts';
import { CloudEvent as CloudEventBuilder } from '../../src/envelope/cloud-event.ts';
import { eventType, type EventOf, type EventType } from '../../src/envelope/event-type.ts';
import type { Downstream, EventForwarder } from '../../src/forwarders/event-forwarder.ts';
import { forwardTo } from '../../src/forwarders/forward-to.ts';
import { Forwarder } from '../../src/forwarders/forwarder-decorator.ts';

interface Product {
  readonly id: string;
  readonly price: number;
}

const Unchecked = eventType<Product>('shop.product');
const Checked = eventType('shop.product', z.object({ id: z.string(), price: z.number().default(0) }));
const Untyped = eventType('shop.any', { source: '/shop' });

export const unchecked: EventType<Product> = Unchecked;
export const checked: EventType<Product> = Checked;
export const untyped: EventType = Untyped;
export const widened: EventType = Checked;
// @ts-expect-error: the data of another type
export const other: EventType<{ cartId: string }> = Checked;
// @ts-expect-error: a schema is no set of options
eventType('shop.product', { sauce: '/shop' });

export const price: (event: EventOf<typeof Checked>) => number = (event) => event.data.price;
export const id: (event: EventOf<typeof Unchecked>) => string = (event) => event.data.id;
declare const untypedEvent: EventOf<typeof Untyped>;
// @ts-expect-error: the data is not known
export const nothing: string = untypedEvent.data;

export const created: NewEvent<Product> = Checked.create({ id: 'a', price: 1 }, { subject: 's', shop: 5 });
// @ts-expect-error: a field is missing
Checked.create({ id: 'a' });
// @ts-expect-error: the subject is text
Checked.create({ id: 'a', price: 1 }, { subject: 5 });

export function narrowed(event: CloudEvent): number {
  // @ts-expect-error: not known before it is asked
  if (event.data.price === 0) return 0;
  return Checked.is(event) ? event.data.price : Checked.check(event).data.price;
}

export const built: CloudEvent<Product> = new CloudEventBuilder({ source: '/s', type: 't', data: { id: 'a', price: 1 } });
export const sent: NewEvent = built;

@Forwarder(Checked, { order: 1 })
export class Products implements EventForwarder<Product> {
  forward(event: CloudEvent<Product>, downstream: Downstream): void {
    downstream.send('shop/product', event.data.id, event);
    // @ts-expect-error: a function is a class or its type
    downstream.send(5, event.data.id, event);
  }
}

// @ts-expect-error: the class takes the data of another event type
@Forwarder(Checked)
export class Carts implements EventForwarder<{ cartId: string }> {
  forward(event: CloudEvent<{ cartId: string }>, downstream: Downstream): void {
    downstream.send('shop/cart', event.data.cartId, event);
  }
}

// @ts-expect-error: no forwarder at all
@Forwarder()
export class NoForwarder {}

@Forwarder('shop.any')
export class ByText implements EventForwarder<Product> {
  forward(event: CloudEvent<Product>): void {
    void event.data.price;
  }
}

@Forwarder()
export class Everything implements EventForwarder {
  accept(event: CloudEvent): boolean {
    return event.type.startsWith('shop.');
  }

  forward(): void {}
}

const Removed = eventType<{ readonly id: string; readonly reason: string }>('shop.removed');

@Forwarder([Checked, Removed, 'shop.audited'])
export class Several {
  forward(event: EventOf<typeof Checked | typeof Removed> | CloudEvent, downstream: Downstream): void {
    if (Removed.is(event)) downstream.send('shop/cart', event.data.reason, event);
  }
}

@Forwarder([Checked, Removed])
export class Union implements EventForwarder<Product | { readonly id: string; readonly reason: string }> {
  forward(event: EventOf<typeof Checked | typeof Removed>): void {
    const shared: string = event.data.id;
    // @ts-expect-error: only one of the two has it
    void event.data.price;
    if (Checked.is(event)) void [shared, event.data.price];
  }
}

// @ts-expect-error: forward has to take the events of both types
@Forwarder([Checked, Removed])
export class TakesOne {
  forward(event: EventOf<typeof Checked>): void {
    void event;
  }
}

// @ts-expect-error: a type as text says nothing about the data
@Forwarder([Checked, 'shop.audited'])
export class TakesNoText {
  forward(event: EventOf<typeof Checked>): void {
    void event;
  }
}

// @ts-expect-error: no event type at all
@Forwarder([])
export class TakesNothing {
  forward(): void {}
}

export const infers = forwardTo('shop/product', Checked, (event) => event.data.id);
export const infersSeveral = forwardTo('shop/product', [Checked, Removed], (event) =>
  Removed.is(event) ? event.data.reason : event.data.id,
);
export const infersText = forwardTo('shop/product', 'shop.audited', (event) => String(event.data));
// @ts-expect-error: an id is a text
export const noText = forwardTo('shop/product', Checked, (event) => event.data.price);
export const noField = forwardTo('shop/product', Checked, (event) => {
  // @ts-expect-error: the data of the event type has no such field
  void event.data.reason;
  return event.data.id;
});
// @ts-expect-error: forwardTo always sends to one function; without an event type a class with accept decides
export const noType = forwardTo('shop/product', [], () => 'a');
