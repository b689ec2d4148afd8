import { describe, expect, it } from '@jest/globals';
import { KinesisIngress, kinesisIngress } from '../../../src/connectors/kinesis/kinesis-ingress.ts';
import type { ManualClock } from '../../../src/shared/time/manual-clock.ts';
import { describeEndlessIngress, describeIngress, type IngressSource } from '../../contracts/ingress-contract.ts';
import { FakeKinesis } from './fake-kinesis.ts';

const random = (): number => 0.5;

function kinesisSource(clock: ManualClock): Promise<IngressSource> {
  const kinesis = new FakeKinesis(clock, 'in');
  return Promise.resolve({
    write: (texts: readonly string[]) => Promise.resolve(kinesis.write(texts)),
    open: () => new KinesisIngress({ stream: 'in', client: kinesis.client }, random),
  });
}

describeIngress('Kinesis', kinesisSource);
describeEndlessIngress('Kinesis', kinesisSource);

describe('kinesisIngress', () => {
  it('reads no environment and does no work before the start', () => {
    expect(kinesisIngress({ stream: 'in' }).id).toBe('kinesis:in');
    expect(kinesisIngress().id).toBe('kinesis');
  });
});
