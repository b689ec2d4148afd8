import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileIngress } from '../../src/connectors/file/file-ingress.ts';
import { memoryIngress } from '../../src/connectors/memory/memory-ingress.ts';
import { CloudEvent } from '../../src/envelope/cloud-event.ts';
import type { Ingress, IngressContext, IngressRecord } from '../../src/ingress/ingress.ts';
import { testIngress } from '../../src/testing/test-ingress.ts';

const event = (id: string): string => JSON.stringify({ specversion: '1.0', id, source: '/s', type: 'measured', data: { degrees: 3 } });

/** `id;degrees` a record. */
function fromText(record: IngressRecord): CloudEvent {
  const [id = '', degrees] = new TextDecoder().decode(record.data).split(';');
  if (degrees === undefined) throw new Error('no degrees');
  return new CloudEvent({ id, source: '/sensor', type: 'measured', data: { degrees: Number(degrees) } });
}

describe('testIngress', () => {
  it('documents a test', async () => {
    // #region ingress
    const sensors = testIngress(memoryIngress({ format: fromText }));

    expect(sensors.reads('s1;21').event).toMatchObject({ id: 's1', type: 'measured', data: { degrees: 21 } });
    expect(sensors.reads('s1').deadLetter).toEqual({ code: 'Error', reason: 'no degrees' });
    // #endregion ingress
  });

  it('reads records without starting, with their keys', () => {
    const ingress = testIngress(memoryIngress());

    expect(ingress.reads({ data: event('1'), key: 'k' })).toMatchObject({ event: { id: '1' }, partitionKey: 'k' });
    expect(ingress.reads(Buffer.from([0xff])).deadLetter).toMatchObject({ code: 'RECORD_NOT_UTF8' });
    expect(ingress.reads('{}').deadLetter).toMatchObject({ code: 'INVALID_CLOUD_EVENT' });
    expect(ingress.received).toEqual([]);
  });

  it('shows what a running ingress delivers, where it would go on, and its end', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'statefun-ingress-'));
    const path = join(folder, 'events.jsonl');
    writeFileSync(path, `${event('1')}\nnonsense\n${event('2')}\n`);
    try {
      const first = testIngress(fileIngress({ path }));
      await first.start();
      await first.whenFinished();
      await first.stop();

      expect(first.events.map(({ id }) => id)).toEqual(['1', '2']);
      expect(first.received.map(({ deadLetter }) => deadLetter?.code)).toEqual([undefined, 'RECORD_NOT_JSON', undefined]);

      const second = testIngress(fileIngress({ path }), { positions: first.positions });
      await second.start();
      await second.whenFinished();
      expect(second.received).toEqual([]);
      await second.stop();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('waits for records that come later, and says what came when they do not', async () => {
    const memory = memoryIngress();
    const ingress = testIngress(memory);
    await ingress.start();
    const two = ingress.whenReceived(2);
    memory.push({ data: event('1') });
    memory.push({ data: event('2') });
    await two;

    await expect(ingress.whenReceived(3, 1)).rejects.toThrow(
      'TEST_INGRESS_LATE: ingress memory did not deliver 3 records within 1 ms: 2 records came',
    );
    await ingress.stop();
  });

  it('shows why an ingress gives up, and moves its clock', async () => {
    let given: IngressContext | undefined;
    const failing: Ingress = {
      id: 'failing',
      description: 'fails a minute after its start',
      start: (context) => {
        given = context;
        context.clock.schedule(context.clock.now() + 60_000, () => context.failed(new Error('gone')));
        return Promise.resolve();
      },
      stop: () => Promise.resolve(),
    };
    const ingress = testIngress(failing, { now: 0 });
    await ingress.start();
    const waiting = ingress.whenFinished();

    ingress.advance('1m');

    await expect(waiting).rejects.toThrow('gone');
    expect(ingress.failure?.message).toBe('gone');
    await given?.savePosition('p', '5');
    expect(ingress.positions).toEqual(new Map([['p', '5']]));
    await ingress.stop();
    expect(given?.signal.aborted).toBe(true);
    await expect(given?.deliver([])).rejects.toThrow('ENGINE_STOPPED');
  });
});
