import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  PutRecordCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { StartedLocalStackContainer } from '@testcontainers/localstack';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type RunningApplication, runApplication } from 'statefun';

const image = process.env['LOCALSTACK_IMAGE'] ?? 'localstack/localstack:4.14.0';
const ingressStream = 'example-ingress-stream';
const egressStream = 'example-egress-stream';
const eventsFile = join(import.meta.dirname, '..', 'resources', 'product-cart-integration-test-events.jsonl');

const dockerAnswers = spawnSync('docker', ['version', '--format', '{{.Server.Version}}']).status === 0;
if (!dockerAnswers) process.stderr.write('skipped: the LocalStack test needs Docker, and no Docker answers here\n');
const describeWithDocker = dockerAnswers ? describe : describe.skip;

describeWithDocker('the shopping cart on LocalStack', () => {
  let container: StartedLocalStackContainer;
  let client: KinesisClient;
  let stateFolder: string;
  let running: RunningApplication | undefined;
  const environmentBefore = { ...process.env };

  beforeAll(async () => {
    const { LocalstackContainer } = await import('@testcontainers/localstack');
    container = await new LocalstackContainer(image)
      .withEnvironment({ SERVICES: 'kinesis', KINESIS_LATENCY: '0', LOCALSTACK_AUTH_TOKEN: process.env['LOCALSTACK_AUTH_TOKEN'] ?? '' })
      .start();
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: container.getConnectionUri(),
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      EVENTS_INGRESS_STREAM_DEFAULT: ingressStream,
      EVENTS_EGRESS_STREAM_DEFAULT: egressStream,
    });
    client = new KinesisClient({ endpoint: container.getConnectionUri(), requestHandler: new NodeHttpHandler() });
    await createStream(ingressStream);
    await createStream(egressStream);
    stateFolder = mkdtempSync(join(tmpdir(), 'statefun-localstack-'));
  }, 300_000);

  afterAll(async () => {
    await running?.stop();
    client.destroy();
    await container.stop();
    process.env = environmentBefore;
    rmSync(stateFolder, { recursive: true, force: true });
  }, 60_000);

  it('answers a new and a changed product with one cart status each', async () => {
    const { default: application } = await import('../../examples/shopping-cart/src/application.ts');
    running = await runApplication(application, { stateFolder });

    for (const line of readEventLines()) {
      await client.send(new PutRecordCommand({ StreamName: ingressStream, PartitionKey: 'one-producer', Data: Buffer.from(line) }));
    }

    const statuses = await readRecords(egressStream, 2);
    expect(
      statuses.map(({ key, event }) => ({ key, type: event.type, prices: event.data.cartItemStatuses.map((item) => item.currentPrice) })),
    ).toEqual([
      { key: 'b0173b21-1609-4a1f-a7c9-0985c79e91e2', type: 'example.cart-status', prices: [42] },
      { key: 'b0173b21-1609-4a1f-a7c9-0985c79e91e2', type: 'example.cart-status', prices: [42.42] },
    ]);
  }, 120_000);

  async function createStream(streamName: string): Promise<void> {
    await client.send(new CreateStreamCommand({ StreamName: streamName, ShardCount: 1 }));
    await waitUntilStreamExists({ client, maxWaitTime: 60, minDelay: 1 }, { StreamName: streamName });
  }

  /** Reads the only shard from its start until so many records have come. */
  async function readRecords(streamName: string, countMin: number): Promise<readonly { key: string; event: CartStatus }[]> {
    const start = await client.send(
      new GetShardIteratorCommand({ StreamName: streamName, ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' }),
    );
    const records: { key: string; event: CartStatus }[] = [];
    for (let iterator = start.ShardIterator; iterator !== undefined && records.length < countMin; await delay(250)) {
      const answer = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
      for (const record of answer.Records ?? []) {
        // What the shopping cart wrote; the expectations check its shape.
        records.push({ key: record.PartitionKey ?? '', event: JSON.parse(Buffer.from(record.Data ?? []).toString('utf8')) as CartStatus });
      }
      iterator = answer.NextShardIterator;
    }
    return records;
  }
});

interface CartStatus {
  readonly type: string;
  readonly data: { readonly cartItemStatuses: readonly { readonly currentPrice?: number }[] };
}

/** The events of the fixture, without the lines that steer the test player. */
function readEventLines(): readonly string[] {
  return readFileSync(eventsFile, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !(JSON.parse(line) as { type: string }).type.startsWith('test.'));
}
