import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defineApplication } from '../../../src/application/definition.ts';
import { flinkApplication, type FlinkApplication } from '../../../src/application/flink/serve-application.ts';
import { kinesisEgress } from '../../../src/connectors/kinesis/kinesis-egress.ts';
import type { CloudEvent } from '../../../src/envelope/cloud-event.ts';
import { Forwarder } from '../../../src/forwarders/forwarder-decorator.ts';
import type { Context } from '../../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../../src/functions/decorators.ts';
import { silentLogger, type LogFields } from '../../../src/shared/logger.ts';
import type { TypedValue } from '../../../src/shared/typed-value.ts';
import { testCluster, type TestCluster } from '../../../src/testing/cluster/test-cluster.ts';
import { Leaving, left } from '../../engine/leftover-functions.ts';

@Forwarder('leave')
class Everything {
  forward(): void {
    // The tests send to the functions themselves.
  }
}

/** Mistakes that no second attempt mends. */
@StatefunFunction('test/mistaken', { retry: { attemptsMax: 3, delay: 0 } })
class Mistaken {
  @Handles('frozen')
  onFrozen(event: CloudEvent<{ name: string }>): void {
    event.data.name = 'changed';
  }

  @Handles('duration')
  onDuration(_event: CloudEvent, context: Context): void {
    context.sendAfter('soon', 'test/mistaken', 'a', { type: 'frozen', data: {} });
  }
}

const value = (type: string): TypedValue => ({
  typename: 'io.cloudevents/CloudEvent',
  hasValue: true,
  value: Buffer.from(JSON.stringify({ specversion: '1.0', id: type, source: '/test', type, data: { name: 'x' } })),
});

describe('A served class', () => {
  let served: FlinkApplication;
  let cluster: TestCluster;
  let failures: unknown[];

  beforeEach(async () => {
    [left.calls, left.open, failures] = [[], [], []];
    const logger = { ...silentLogger, warn: (_text: string, fields?: LogFields) => void failures.push(fields?.['error']) };
    const application = defineApplication({
      functions: [Leaving, Mistaken],
      forwarders: [Everything],
      egress: [kinesisEgress('test/out', { stream: 'out' })],
    });
    served = await flinkApplication(application, { logger, configuration: {} });
    cluster = testCluster(served.handler);
  });
  afterEach(() => served.close());

  it.each(['traced', 'generator', 'callable'])(
    'writes nothing of an ended attempt into a later one, whose %s handler is open',
    async (type) => {
      await cluster.send('test/leaving', 'a', value('leave'));
      const handled = cluster.send('test/leaving', 'a', value(type));
      while (left.open.length === 0) await nextTurn();
      expect(() => left.calls[0]?.()).toThrow(/^ATTEMPT_ENDED: the persisted table "log" of test\/leaving\/a was used/);
      left.open[0]?.();
      await handled;
      expect(Object.keys(cluster.state('test/leaving', 'a'))).toEqual(['log']);
    },
  );

  it.each([
    ['frozen', 'VALUE_FROZEN'],
    ['duration', 'INVALID_DURATION'],
  ])('does not try again what trying again cannot help: %s', async (type, code) => {
    await cluster.send('test/mistaken', 'a', value(type));
    expect(failures).toMatchObject([{ code }]);
  });
});
