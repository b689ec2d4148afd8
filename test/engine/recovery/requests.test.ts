import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { dropDeadLetter, redriveRequest } from '../../../src/engine/recovery/requests.ts';
import { requestsCollection } from '../../../src/engine/partition/stored-entries.ts';
import { EngineBed } from '../engine-bed.ts';
import { failWith, Fragile, next } from '../fragile-functions.ts';

describe('requests to an engine that does not run', () => {
  let bed: EngineBed;
  beforeEach(async () => {
    next.failures = [];
    bed = await EngineBed.start([Fragile]);
    for (const name of ['one', 'two']) {
      next.failures = [failWith(name), failWith(name), failWith(name)];
      await bed.receives('test/fragile/a', 'sync', { name });
      await bed.advance(60_000);
    }
    expect(bed.engine.deadLetters().map(({ id, reason }) => [id, reason])).toEqual([
      ['1', 'one'],
      ['2', 'two'],
    ]);
    await bed.engine.stop();
  });
  afterEach(() => bed.engine.stop());

  const restart = async (): Promise<void> => {
    const { store, clock } = bed;
    bed = await EngineBed.start([Fragile], { store, clock });
    await bed.engine.whenQuiet();
  };

  it('takes a dead letter up again at the next start, once', async () => {
    await bed.store.commit(redriveRequest('2'));
    await restart();
    expect(bed.egressData).toEqual([{ name: 'two' }]);
    expect(bed.engine.deadLetters().map(({ id }) => id)).toEqual(['1']);
    await bed.engine.stop();
    expect(await bed.store.load(requestsCollection)).toEqual([]);

    await restart();
    expect(bed.egressData).toEqual([]);
  });

  it('handles redriven messages in the order of the dead letters', async () => {
    await bed.store.commit([...redriveRequest('2'), ...redriveRequest('1')]);
    await restart();
    expect(bed.egressData).toEqual([{ name: 'one' }, { name: 'two' }]);
  });

  it('forgets a dead letter that is dropped, and the request for it', async () => {
    await bed.store.commit(redriveRequest('1'));
    await bed.store.commit(dropDeadLetter('1'));
    await restart();
    expect(bed.egressData).toEqual([]);
    expect(bed.engine.deadLetters().map(({ id }) => id)).toEqual(['2']);
  });

  it('starts in spite of requests for what is not there and of kinds it does not know, and forgets them', async () => {
    await bed.store.commit([...redriveRequest('7'), { collection: requestsCollection, key: 'rewind/3', value: '' }]);
    await restart();
    expect(bed.engine.deadLetters()).toHaveLength(2);
    await bed.engine.stop();
    expect(await bed.store.load(requestsCollection)).toEqual([]);
  });

  it('drops a dead letter while the engine runs', async () => {
    await restart();
    bed.engine.drop('1');
    await bed.engine.whenQuiet();
    await restart();
    expect(bed.engine.deadLetters().map(({ id }) => id)).toEqual(['2']);
  });
});
