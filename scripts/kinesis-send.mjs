// Puts the events of a JSONL file into a Kinesis stream, in the order of the file.
//
//   node scripts/kinesis-send.mjs FILE|- [--stream NAME] [--wait-seconds N]
//
// The stream is EVENTS_INGRESS_STREAM_DEFAULT or example-ingress-stream. AWS_ENDPOINT_URL points to an emulator, such as the one that
// `npm start -- --keep` starts. Lines whose event type begins with "test." steer tests and are not sent; blank lines are skipped.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { PutRecordCommand } from '@aws-sdk/client-kinesis';
import { createKinesisClient, endWithReason, ensureStreamActive } from './kinesis-connection.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    stream: { type: 'string', default: process.env.EVENTS_INGRESS_STREAM_DEFAULT || 'example-ingress-stream' },
    'wait-seconds': { type: 'string', default: '0' },
  },
});

await sendEvents().catch(endWithReason);

async function sendEvents() {
  const [file] = positionals;
  if (file === undefined) throw new Error('usage: node scripts/kinesis-send.mjs FILE|- [--stream NAME] [--wait-seconds N]');
  const client = createKinesisClient();
  await ensureStreamActive(client, options.stream, Number(options['wait-seconds']));
  let count = 0;
  let lineNumber = 0;
  for await (const line of createInterface({ input: file === '-' ? process.stdin : createReadStream(file) })) {
    lineNumber++;
    const event = parseLine(line, `${file}:${lineNumber}`);
    if (event === undefined || String(event.type).startsWith('test.')) continue;
    // One call for each record keeps the order of the file. The key keeps the order of the events of one producer.
    await client.send(
      new PutRecordCommand({
        StreamName: options.stream,
        PartitionKey: String(event.partitionkey ?? event.source),
        Data: Buffer.from(line),
      }),
    );
    count++;
    console.error(`sent ${event.type} ${event.id}`);
  }
  console.error(`${count} events sent to ${options.stream}`);
  client.destroy();
}

function parseLine(line, place) {
  if (line.trim() === '') return undefined;
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new Error(`${place}: not JSON: ${error.message}`, { cause: error });
  }
}
