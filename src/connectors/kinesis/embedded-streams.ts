import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { delay } from '../../shared/time/timers.ts';
import { createKinesisClient, loadKinesisSdk, type KinesisSdk } from './kinesis-client.ts';
import type { KinesisClientOptions } from './kinesis-connection.ts';

/** A stream of the embedded Kinesis. */
export interface EmbeddedStream {
  readonly name: string;
  /** @defaultValue `1` */
  readonly shards?: number;
}

/** Timeout for a stream to become active, in milliseconds; the emulator needs a few. */
const activeWithinMs = 10_000;
const checkIntervalMs = 20;

/** Creates the streams one after the other, since the emulator limits concurrent creation, and waits until they are active. */
export async function createStreams(streams: readonly EmbeddedStream[], options: KinesisClientOptions): Promise<void> {
  if (streams.length === 0) return;
  const sdk = await loadKinesisSdk();
  const client = await createKinesisClient(options, {});
  try {
    for (const { name, shards = 1 } of streams) {
      await client.send(new sdk.CreateStreamCommand({ StreamName: name, ShardCount: shards }));
      await untilActive(name, sdk, client);
    }
  } finally {
    client.destroy();
  }
}

async function untilActive(name: string, sdk: KinesisSdk, client: KinesisClient): Promise<void> {
  const deadline = Date.now() + activeWithinMs;
  for (;;) {
    const { StreamDescriptionSummary } = await client.send(new sdk.DescribeStreamSummaryCommand({ StreamName: name }));
    if (StreamDescriptionSummary?.StreamStatus === 'ACTIVE') return;
    if (Date.now() > deadline) throw new Error(`stream ${name} is ${StreamDescriptionSummary?.StreamStatus} after ${activeWithinMs} ms`);
    await delay(checkIntervalMs);
  }
}
