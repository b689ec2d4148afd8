import { describe, expect, it, jest } from '@jest/globals';
import type { CloudEvent, Downstream } from 'statefun';
import type { Product } from '../../src/events/product-changed.ts';
import { ProductEvents } from '../../src/forwarders/product-events.ts';
import { ProductFunction } from '../../src/functions/product-function.ts';
import { productChanged } from '../events.ts';

describe('ProductEvents', () => {
  it('forwards a product event as it is to the function of the product', () => {
    const send = jest.fn<Downstream['send']>();
    const { type, data } = productChanged({ id: 'lamp' });
    const event: CloudEvent<Product> = { specversion: '1.0', id: 'event-1', source: 'http://example.com/product-service', type, data };

    new ProductEvents().forward(event, { send });

    expect(send.mock.calls).toEqual([[ProductFunction, 'lamp', event]]);
  });
});
