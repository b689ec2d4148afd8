import { KinesisIngress, type KinesisIngressOptions } from '../../../src/connectors/kinesis/kinesis-ingress.ts';
import { ManualClock } from '../../../src/shared/time/manual-clock.ts';
import { RecordingIngressContext } from '../../contracts/recording-ingress-context.ts';
import { settled } from '../../contracts/turns.ts';
import { FakeKinesis } from './fake-kinesis.ts';

/** A stream, its clock, and runs of an ingress on it. */
export function givenStream(shardIds?: readonly string[]) {
  const clock = new ManualClock();
  const kinesis = new FakeKinesis(clock, 'in', shardIds);
  async function run(positions?: ReadonlyMap<string, string>, options: KinesisIngressOptions = {}) {
    const context = new RecordingIngressContext(positions, clock);
    const ingress = new KinesisIngress({ stream: 'in', client: kinesis.client, ...options }, () => 0.5);
    await settled(ingress.start(context), clock);
    return { context, ingress };
  }
  return { clock, kinesis, run };
}
