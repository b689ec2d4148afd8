import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testApplication } from 'statefun/testing';
import application from '../src/application.ts';

describe('application', () => {
  it('plays the fixture: what goes in, what must come out, what must be kept', async () => {
    const running = await testApplication(application);

    // Seen from dist/test/, where the built test lies.
    await running.play(new URL('../../test/fixtures/visits.jsonl', import.meta.url));

    assert.deepEqual(running.deadLetters(), []);
    await running.stop();
  });
});
