import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testFunction } from 'statefun/testing';
import { VisitorCame } from '../../src/events/visitor-came.ts';
import { GreeterFunction } from '../../src/functions/greeter-function.ts';

describe('greeter function', () => {
  it('welcomes a visitor who has not been here', async () => {
    const greeter = await testFunction(GreeterFunction, { id: 'Ada' });

    await greeter.receives(VisitorCame.create({ name: 'Ada' }));

    assert.deepEqual(greeter.state, { visits: 1 });
    assert.equal(greeter.egress.length, 1);
    assert.equal(greeter.egress[0]?.egressId, 'example/greetings');
    assert.equal(greeter.egress[0].event.type, 'example.visitor-greeted');
    assert.deepEqual(greeter.egress[0].event.data, { name: 'Ada', visits: 1, text: 'Welcome, Ada!' });
  });

  it('knows a visitor who comes again', async () => {
    const greeter = await testFunction(GreeterFunction, { id: 'Ada', state: { visits: 41 } });

    await greeter.receives(VisitorCame.create({ name: 'Ada' }));

    assert.deepEqual(greeter.state, { visits: 42 });
    assert.deepEqual(greeter.egress[0]?.event.data, { name: 'Ada', visits: 42, text: 'Good to see you again, Ada.' });
  });

  it('refuses a visitor without a name, and greets nobody', async () => {
    const greeter = await testFunction(GreeterFunction);

    await assert.rejects(greeter.receives(VisitorCame.create({ name: '' })), { code: 'INVALID_EVENT_DATA' });

    assert.deepEqual(greeter.state, {});
    assert.deepEqual(greeter.egress, []);
  });
});
