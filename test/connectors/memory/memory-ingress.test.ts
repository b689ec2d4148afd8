import { describe, expect, it } from '@jest/globals';
import { memoryIngress, type MemoryIngress } from '../../../src/connectors/memory/memory-ingress.ts';
import { Envelope } from '../../../src/envelope/envelope.ts';
import { describeEndlessIngress, describeFiniteIngress, describeIngress, type IngressSource } from '../../contracts/ingress-contract.ts';
import { RecordingIngressContext } from '../../contracts/recording-ingress-context.ts';
import { turns, until } from '../../contracts/turns.ts';

/** Feeds each ingress with everything from the beginning, as its documentation asks. */
function memorySource(): Promise<IngressSource> {
  const texts: string[] = [];
  let current: MemoryIngress | undefined;
  return Promise.resolve({
    write(added: readonly string[]) {
      texts.push(...added);
      for (const data of added) current?.push({ data });
      return Promise.resolve();
    },
    open() {
      current = memoryIngress();
      for (const data of texts) current.push({ data });
      return current;
    },
    end: () => current?.end(),
  });
}

describeIngress('memory', memorySource);
describeEndlessIngress('memory', memorySource);
describeFiniteIngress('memory', memorySource);

const event = { specversion: '1.0', id: '1', source: 'test', type: 'test.happened', data: { amount: 3 }, partitionkey: 'p-1' };

describe('memoryIngress', () => {
  it('writes an event as CloudEvents JSON with its partition key', async () => {
    const ingress = memoryIngress();
    const context = new RecordingIngressContext();
    ingress.push(event);
    await ingress.start(context);
    await until(() => context.records.length === 1, context.clock);
    expect(JSON.parse(context.texts[0] ?? '')).toEqual(event);
    expect(context.records[0]?.key).toBe('p-1');
  });

  it('writes an event as an envelope where that is the format', async () => {
    const ingress = memoryIngress({ format: 'envelope' });
    const context = new RecordingIngressContext();
    await ingress.start(context);
    ingress.push(event);
    await until(() => context.records.length === 1, context.clock);
    const envelope = Envelope.decode(context.records[0]?.data ?? new Uint8Array());
    expect(envelope.event).toEqual(event);
    expect(envelope.partitionKey).toBe('p-1');
  });

  it('delivers what is pushed one by one in batches of at most 500', async () => {
    const ingress = memoryIngress();
    const context = new RecordingIngressContext();
    const sizes: number[] = [];
    const deliver = context.deliver.bind(context);
    context.deliver = (records) => (sizes.push(records.length), deliver(records));
    await ingress.start(context);
    for (let index = 0; index < 1_100; index += 1) ingress.push({ data: `${index}` });
    await until(() => context.records.length === 1_100, context.clock);
    expect(sizes).toEqual([500, 500, 100]);
  });

  it('resolves put when the engine has room again', async () => {
    const ingress = memoryIngress();
    const context = new RecordingIngressContext();
    await ingress.start(context);
    context.close();
    let isTaken = false;
    const put = ingress.put([{ data: '1' }, { data: '2' }]).then(() => (isTaken = true));
    await turns(20, context.clock);
    expect(context.texts).toEqual(['1', '2']);
    expect(isTaken).toBe(false);
    context.open();
    await put;
  });

  it('rejects a put whose records were not delivered before the stop', async () => {
    const ingress = memoryIngress();
    const put = ingress.put([{ data: '1' }]);
    await ingress.stop();
    await expect(put).rejects.toMatchObject({ code: 'INGRESS_STOPPED' });
  });

  it('resolves a put of nothing at once', async () => {
    await expect(memoryIngress().put([])).resolves.toBeUndefined();
  });

  it('goes on in a new run with what the run before did not take', async () => {
    const ingress = memoryIngress();
    const first = new RecordingIngressContext();
    await ingress.start(first);
    await ingress.put([{ data: '1' }]);
    await ingress.stop();
    ingress.push({ data: '2' });
    const second = new RecordingIngressContext(first.committedAfter(1));
    await ingress.start(second);
    await until(() => second.records.length === 1, second.clock);
    expect(second.texts).toEqual(['2']);
  });
});
