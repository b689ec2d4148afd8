import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Handles, OnSubscribe, StatefunFunction } from '../../src/functions/decorators.ts';
import { openRecord } from '../../src/ingress/open-record.ts';
import { EngineBed } from './engine-bed.ts';

@StatefunFunction('test/publisher')
class Publisher {
  @Handles('x') onX(): void {}
  @OnSubscribe() current(): undefined {
    // What the compiler would refuse and JavaScript does not.
    return Promise.reject(new Error('nobody waits for this')) as never;
  }
}

const address = { namespace: 'test', type: 'publisher', id: 'a' };

/** The test runner fails a test that leaves a rejected promise behind. */
describe('A promise where none is awaited', () => {
  let bed: EngineBed | undefined;
  afterEach(() => bed?.engine.stop());

  it('makes a dead letter of a query when @OnSubscribe answers with a promise that rejects, and does not end the process', async () => {
    bed = await EngineBed.start([Publisher]);
    const data = { action: 'QUERY', publisher: address, subscriber: address };
    await bed.receives('test/publisher/a', 'statefun.function-subscription', data);
    await nextTurn();
    expect(bed.engine.deadLetters()).toMatchObject([{ code: 'ON_SUBSCRIBE_ASYNC' }]);
  });

  it('refuses a record whose format answers with a promise that rejects, and does not end the process', async () => {
    const record = { partition: 'p', position: '1', identity: 'in#1', data: new Uint8Array(1) };
    const format = (() => Promise.reject(new Error('nobody waits for this'))) as never;
    expect(() => openRecord(record, format)).toThrow('INVALID_CLOUD_EVENT');
    await nextTurn();
  });
});
