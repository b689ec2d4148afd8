import { afterEach, describe, expect, it } from '@jest/globals';
import { defineApplication } from '../../../src/application/definition.ts';
import { flinkApplication, type FlinkApplication, type FlinkServingOptions } from '../../../src/application/flink/serve-application.ts';
import { kinesisEgress } from '../../../src/connectors/kinesis/kinesis-egress.ts';
import type { CloudEvent } from '../../../src/envelope/cloud-event.ts';
import type { Context } from '../../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../../src/functions/decorators.ts';
import { remoteFunctions } from '../../../src/request-reply/calling/remote-functions.ts';
import { decodeKinesisRecord, kinesisRecord, playgroundRecord } from '../../../src/request-reply/protocol/egress-records.ts';
import { typed } from '../../../src/request-reply/protocol/typed-values.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { stringType } from '../../../src/state/state-type.ts';
import { testCluster, type TestCluster } from '../../../src/testing/cluster/test-cluster.ts';

/** Sends what functions and egresses of other languages know. */
@StatefunFunction('test/typed')
class Typed {
  @Handles('test.go')
  on(_event: CloudEvent, context: Context): void {
    context.sendTyped('remote/echo', 'e', typed(stringType(), 'hello'));
    context.egressTyped('test/counts', kinesisRecord({ stream: 'elsewhere', partitionKey: 'k', explicitHashKey: '7', value: 'raw' }));
    context.egressTyped('test/counts', playgroundRecord({ topic: 'greetings', payload: 'hi' }));
  }
}

const application = defineApplication({
  name: 'typed',
  functions: [Typed],
  remote: [remoteFunctions({ functions: 'remote/*', url: 'http://127.0.0.1:1/' })],
  egress: [kinesisEgress('test/counts', { stream: 'counts' })],
});

const opened: FlinkApplication[] = [];

async function cluster(options: FlinkServingOptions): Promise<TestCluster> {
  const served = await flinkApplication(application, { logger: silentLogger, configuration: {}, ...options });
  opened.push(served);
  return testCluster(served.handler);
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((served) => served.close()));
});

const go = {
  typename: 'io.cloudevents/CloudEvent',
  hasValue: true,
  value: Buffer.from(JSON.stringify({ specversion: '1.0', id: '1', source: '/test', type: 'test.go', data: {} })),
};

describe('typed values of classes on a cluster', () => {
  it('sends typed values and typed records of a class as they are', async () => {
    const onFlink = await cluster({});
    await onFlink.send('test/typed', 'a', go);
    expect(onFlink.sent()).toEqual([{ target: { type: 'remote/echo', id: 'e' }, argument: typed(stringType(), 'hello') }]);
    expect(onFlink.egress()[0]).toEqual({
      egressId: 'test/counts',
      argument: kinesisRecord({ stream: 'elsewhere', partitionKey: 'k', explicitHashKey: '7', value: 'raw' }),
    });
    // One for another kind of egress would fail the job of the cluster: it leaves as the event that stands for it.
    const { stream, value } = decodeKinesisRecord(onFlink.egress()[1]?.argument.value ?? new Uint8Array(0));
    expect(stream).toBe('counts');
    expect(JSON.parse(Buffer.from(value).toString())).toMatchObject({
      type: 'io.statefun.playground/EgressRecord',
      data: { topic: 'greetings' },
    });
    const inPlayground = await cluster({ playground: true });
    await inPlayground.send('test/typed', 'a', go);
    expect(inPlayground.egress()[1]).toEqual({
      egressId: 'io.statefun.playground/egress',
      argument: playgroundRecord({ topic: 'greetings', payload: 'hi' }),
    });
  });
});
