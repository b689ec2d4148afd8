import { expect, it } from '@jest/globals';
import { testApplication } from 'statefun/testing';
import greeter from '../../examples/greeter/src/application.ts';

// The application that docs/concepts.md shows is the one that `statefun create` copies. Its own tests run on Node's runner.

it('greets a visitor for the second time', async () => {
  const application = await testApplication(greeter);

  await application.receives({ type: 'example.visitor-came', data: { name: 'Ada' } });
  await application.receives({ type: 'example.visitor-came', data: { name: 'Ada' } });

  expect(application.egress('example/greetings').map(({ event }) => event.data)).toEqual([
    { name: 'Ada', visits: 1, text: 'Welcome, Ada!' },
    { name: 'Ada', visits: 2, text: 'Good to see you again, Ada.' },
  ]);
  await application.stop();
});
