import { describe, expect, it } from '@jest/globals';
import { CloudEvent as SdkCloudEvent } from 'cloudevents';
import { CloudEvent } from '../../src/envelope/cloud-event.ts';

describe('CloudEvent', () => {
  it('is the builder of the cloudevents package, under the name of our type', () => {
    const event: CloudEvent<{ id: string }> = new CloudEvent({ source: '/s', type: 't', data: { id: 'a' } });
    expect(event).toBeInstanceOf(SdkCloudEvent);
    expect(event).toMatchObject({ specversion: '1.0', source: '/s', type: 't', data: { id: 'a' } });
  });

  it('can be extended, and recognises the events of the package', () => {
    class OrderPlaced extends CloudEvent<{ id: string }> {
      get orderId(): string {
        return this.data.id;
      }
    }
    const order = new OrderPlaced({ source: '/s', type: 't', data: { id: 'a' } });

    expect([order.orderId, order.specversion]).toEqual(['a', '1.0']);
    expect(order).toBeInstanceOf(OrderPlaced);
    expect(order).toBeInstanceOf(SdkCloudEvent);
    expect(new SdkCloudEvent({ source: '/s', type: 't' })).toBeInstanceOf(CloudEvent);
    expect(CloudEvent.name).toBe('CloudEvent');
  });

  it('refuses what is no CloudEvent', () => {
    expect(() => new CloudEvent({ type: 't' })).toThrow(TypeError);
  });
});
