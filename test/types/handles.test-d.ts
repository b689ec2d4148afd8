// Compiled by the type check, never run: a line marked @ts-expect-error that compiles is reported.
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import { eventType, type EventOf } from '../../src/envelope/event-type.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, OnSubscribe, StatefunFunction } from '../../src/functions/decorators.ts';

interface Product {
  readonly id: string;
  readonly price: number;
}

const ProductChanged = eventType<Product>('shop.product');

@StatefunFunction('shop/fits')
export class Fits {
  @Handles(ProductChanged)
  onEventOf(event: EventOf<typeof ProductChanged>, context: Context): void {
    context.reply(event);
  }

  @Handles(ProductChanged)
  async onCloudEvent(event: CloudEvent<Product>): Promise<void> {
    await Promise.resolve(event.data.price);
  }

  @Handles(ProductChanged)
  onPart({ data }: CloudEvent<{ readonly id: string }>): void {
    void data.id;
  }

  @Handles(ProductChanged)
  onUnknown(event: CloudEvent): void {
    void event.type;
  }

  @Handles(ProductChanged)
  onNothing(): void {}

  @Handles('shop.text')
  onText(event: CloudEvent<Product>): void {
    void event.data.id;
  }

  @Handles()
  onAny(event: CloudEvent, context: Context): void {
    context.egress('shop/out', event);
  }

  @OnSubscribe()
  current(): EventOf<typeof ProductChanged> | undefined {
    return undefined;
  }
}

@StatefunFunction('shop/does-not-fit')
export class DoesNotFit {
  // @ts-expect-error: the data of another event type
  @Handles(ProductChanged)
  onOther(event: CloudEvent<{ readonly cartId: string }>): void {
    void event.data.cartId;
  }

  // @ts-expect-error: a field of the data has another type
  @Handles(ProductChanged)
  onField(event: CloudEvent<{ readonly price: string }>): void {
    void event.data.price;
  }

  // @ts-expect-error: the data alone, where the event comes
  @Handles(ProductChanged)
  onData(data: Product): void {
    void data.id;
  }

  // @ts-expect-error: the second parameter is the context
  @Handles(ProductChanged)
  onText(event: EventOf<typeof ProductChanged>, name: string): void {
    void [event, name];
  }

  // @ts-expect-error: a third parameter gets nothing
  @Handles(ProductChanged)
  onThree(event: EventOf<typeof ProductChanged>, context: Context, more: number): void {
    void [event, context, more];
  }

  // @ts-expect-error: what a handler returns would be lost
  @Handles(ProductChanged)
  onReturned(event: EventOf<typeof ProductChanged>): number {
    return event.data.price;
  }

  // @ts-expect-error: the class itself is no event type
  @Handles(Fits)
  onClass(): void {}

  // @ts-expect-error: what is published is an event
  @OnSubscribe()
  current(): string {
    return 'none';
  }
}
