import { describe, expect, it } from '@jest/globals';
import { CloudEvent as SdkCloudEvent } from 'cloudevents';
import { CloudEvent } from '../../src/envelope/cloud-event.ts';

describe('CloudEvent', () => {
  it('is the builder of the cloudevents package, under the name of our type', () => {
    const event: CloudEvent<{ id: string }> = new CloudEvent({ source: '/s', type: 't', data: { id: 'a' } });
    expect(event).toBeInstanceOf(SdkCloudEvent);
    expect(event).toMatchObject({ specversion: '1.0', source: '/s', type: 't', data: { id: 'a' } });
  });

  it('refuses what is no CloudEvent', () => {
    expect(() => new CloudEvent({ type: 't' })).toThrow(TypeError);
  });
});
