import { describe, expect, it } from '@jest/globals';
import { eventType } from '../../../src/envelope/event-type.ts';
import type { StandardSchemaV1 } from '../../../src/envelope/standard-schema.ts';
import { Forwarder } from '../../../src/forwarders/forwarder-decorator.ts';
import { Handles, StatefunFunction } from '../../../src/functions/decorators.ts';
import { TotalFunction } from '../classes.ts';
import { explained, explainedStart } from './explained.ts';

const schema = (): StandardSchemaV1<unknown, object> => ({
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as object }) },
});

const Shipped = eventType('order.shipped', schema());
const ShippedAgain = eventType('order.shipped', schema());
const ShippedUnchecked = eventType('order.shipped');

@StatefunFunction('shop/order')
class OrderFunction {
  @Handles(Shipped)
  onShipped(): void {}
}

@StatefunFunction('shop/customer')
class CustomerFunction {
  @Handles(ShippedAgain)
  onShipped(): void {}
}

@StatefunFunction('shop/report')
class ReportFunction {
  @Handles(ShippedUnchecked)
  onShipped(): void {}
}

@Forwarder(Shipped)
class ShippedEvents {
  forward(): void {}
}

class Incomplete {}
// What TypeScript refuses as a decorator, a program in JavaScript can do.
Reflect.apply(Forwarder('order.shipped'), undefined, [Incomplete]);

describe('mistakes in functions and forwarders', () => {
  it('explains two schemas for one event type', async () => {
    expect(await explainedStart({ functions: [OrderFunction, CustomerFunction] })).toBe(
      `Application "application" has 1 mistake.

1. EVENT_TYPE_CONFLICT: the event type "order.shipped" is defined twice, with different schemas: one is used by class OrderFunction, the other by class CustomerFunction.
   Where: class OrderFunction and class CustomerFunction
   Do:    Keep one eventType(…) in a separate file and import it where events of the type are handled or forwarded.
`,
    );
  });

  it('takes one schema in several places, and an unchecked use beside it, for no conflict', async () => {
    expect(await explainedStart({ functions: [OrderFunction, ReportFunction], forwarders: [ShippedEvents] })).toBe(
      '1. Error: it started\n   Do:    statefun has no explanation for this error. Start again with LOG_LEVEL=debug: the stack shows where it comes from.\n',
    );
  });

  it('explains a forwarder without forward', async () => {
    const forwarders = [Incomplete as unknown as typeof ShippedEvents];
    expect(await explainedStart({ name: 'shop', functions: [OrderFunction], forwarders })).toBe(
      `Application "shop" has 1 mistake.

1. FORWARDER_WITHOUT_FORWARD: forwarder Incomplete has no method forward.
   Where: forwarder Incomplete
   Do:    Add forward(event, downstream).
`,
    );
  });

  it.each([
    [
      'a method',
      () => void Reflect.apply(Handles('a'), undefined, [() => undefined, { kind: 'method', name: 'onEvent' }, undefined]),
      '@Handles on method onEvent',
    ],
    [
      'a class',
      () => void Reflect.apply(StatefunFunction('a/b'), undefined, [TotalFunction, { kind: 'class', name: 'Total' }]),
      '@StatefunFunction on class Total',
    ],
    [
      'a forwarder',
      () => void Reflect.apply(Forwarder('a'), undefined, [TotalFunction, { kind: 'class', name: 'Total' }]),
      '@Forwarder on class Total',
    ],
  ])('explains decorators of %s that were not compiled as legacy ones', (_, decorate, what) => {
    let thrown: unknown;
    try {
      decorate();
    } catch (error) {
      thrown = error;
    }
    expect(explained(thrown)).toBe(
      `1. DECORATORS_STANDARD: ${what} was compiled as a standard decorator.
   Do:    Set "experimentalDecorators": true and "emitDecoratorMetadata": true in the tsconfig.json that the build uses (for SWC: legacyDecorator and decoratorMetadata), then build again.
`,
    );
  });
});
