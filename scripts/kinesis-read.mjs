// Prints the records of a Kinesis stream on standard output, oldest first, one on each line.
//
//   node scripts/kinesis-read.mjs [--stream NAME] [--idle-seconds N] [--wait-seconds N]
//
// The stream is EVENTS_EGRESS_STREAM_DEFAULT or example-egress-stream. The script ends when no record has come for --idle-seconds (default 2).
// AWS_ENDPOINT_URL points to an emulator, such as the one that `npm start -- --keep` starts.
import { parseArgs } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { GetRecordsCommand, GetShardIteratorCommand, ListShardsCommand } from '@aws-sdk/client-kinesis';
import { createKinesisClient, endWithReason, ensureStreamActive } from './kinesis-connection.mjs';

const { values: options } = parseArgs({
  options: {
    stream: { type: 'string', default: process.env.EVENTS_EGRESS_STREAM_DEFAULT || 'example-egress-stream' },
    'idle-seconds': { type: 'string', default: '2' },
    'wait-seconds': { type: 'string', default: '0' },
  },
});

/** Kinesis allows five reads a second for each shard. */
const pollDelayMs = 250;

await readStream().catch(endWithReason);

async function readStream() {
  const client = createKinesisClient();
  await ensureStreamActive(client, options.stream, Number(options['wait-seconds']));
  let iterators = await openShards(client);
  let count = 0;
  let lastRecordMs = Date.now();
  while (iterators.length > 0 && Date.now() - lastRecordMs < Number(options['idle-seconds']) * 1000) {
    const answers = await Promise.all(iterators.map((iterator) => client.send(new GetRecordsCommand({ ShardIterator: iterator }))));
    for (const record of answers.flatMap((answer) => answer.Records ?? [])) {
      console.log(Buffer.from(record.Data).toString('utf8'));
      lastRecordMs = Date.now();
      count++;
    }
    iterators = answers.map((answer) => answer.NextShardIterator).filter(Boolean);
    await delay(pollDelayMs);
  }
  console.error(`${count} records read from ${options.stream}`);
  client.destroy();
}

/** One iterator for each shard, at its oldest record. */
async function openShards(client) {
  const iterators = [];
  let request = { StreamName: options.stream };
  while (request) {
    const page = await client.send(new ListShardsCommand(request));
    for (const { ShardId } of page.Shards ?? []) {
      const command = new GetShardIteratorCommand({ StreamName: options.stream, ShardId, ShardIteratorType: 'TRIM_HORIZON' });
      iterators.push((await client.send(command)).ShardIterator);
    }
    request = page.NextToken && { NextToken: page.NextToken };
  }
  return iterators;
}
