import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import type { CloudEvent, Downstream } from 'statefun';
import type { Visit } from '../../src/events/visitor-came.ts';
import { VisitorEvents } from '../../src/forwarders/visitor-events.ts';
import { GreeterFunction } from '../../src/functions/greeter-function.ts';

describe('VisitorEvents', () => {
  it('forwards a visit as it is to the greeter of the visitor', () => {
    const send = mock.fn<Downstream['send']>();
    const event: CloudEvent<Visit> = {
      specversion: '1.0',
      id: 'event-1',
      source: '/door',
      type: 'example.visitor-came',
      data: { name: 'Ada' },
    };

    new VisitorEvents().forward(event, { send });

    assert.deepEqual(
      send.mock.calls.map((call) => call.arguments),
      [[GreeterFunction, 'Ada', event]],
    );
  });
});
