import { describe, expect, it } from '@jest/globals';
import { memoryEgress } from '../../../src/connectors/memory/memory-egress.ts';
import { Envelope } from '../../../src/envelope/envelope.ts';
import { describeEgress, egressRecord } from '../../contracts/egress-contract.ts';

describeEgress('memory', { skipsResent: false }, () => {
  const egress = memoryEgress('test/out');
  return Promise.resolve({ open: () => egress, read: () => Promise.resolve(egress.records.map((record) => String(record.data))) });
});

describe('memoryEgress', () => {
  it('reads events back from JSON and from envelopes', async () => {
    const egress = memoryEgress('test/out');
    const json = egressRecord('1');
    await egress.send([json, { ...egressRecord('2'), data: Envelope.ofPayload(String(egressRecord('2').data)).encode() }]);
    expect(egress.events.map((event) => event.id)).toEqual(['1', '2']);
    expect(egress.events[0]?.data).toEqual({ text: 'grün € 1' });
  });

  it('forgets on clear', async () => {
    const egress = memoryEgress('test/out');
    await egress.send([egressRecord('1')]);
    egress.clear();
    expect(egress.records).toEqual([]);
  });
});
