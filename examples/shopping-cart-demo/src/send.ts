import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { createKinesisClient } from 'statefun/kinesis';
import { describeFailure } from './describe-failure.ts';
import { putEvent } from './put-event.ts';
import { silenceSdkVersionWarning } from './silence-sdk.ts';
import { ingressStream } from './streams.ts';

const help = `Puts one event into the ingress stream, for example of a demo that runs with \`npm start -- --keep\`.

  npm run send --workspace examples/shopping-cart-demo -- --endpoint URL '{"type":"example.product","data":{...}}'

The event is a CloudEvent in JSON; id, source, time and specversion are filled in where they are missing.
Without --endpoint the environment says where Kinesis is (AWS_ENDPOINT_URL_KINESIS), without --stream which stream it is
(EVENTS_INGRESS_STREAM_DEFAULT, else ${ingressStream}).
`;

async function send(parameters: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...parameters],
    allowPositionals: true,
    options: { endpoint: { type: 'string' }, stream: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  const [text] = positionals;
  if (values.help === true) return console.log(help);
  if (text === undefined || positionals.length > 1) throw new Error(`give one event, in quotes\n\n${help}`);

  silenceSdkVersionWarning();
  const event = completeEvent(text);
  const stream = values.stream ?? process.env['EVENTS_INGRESS_STREAM_DEFAULT'] ?? ingressStream;
  const client = await createKinesisClient(values.endpoint === undefined ? {} : { endpoint: values.endpoint });
  try {
    await putEvent(client, stream, JSON.stringify(event), event.source);
    console.log(`${String(event['type'])} ${event.id} ==> ${stream}`);
  } finally {
    client.destroy();
  }
}

interface CompletedEvent {
  readonly id: string;
  readonly source: string;
  readonly [attribute: string]: unknown;
}

/** The event with what every CloudEvent has. Whether the rest is right is for the application to say. */
function completeEvent(text: string): CompletedEvent {
  const given: unknown = JSON.parse(text);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new Error(`an event is a JSON object, not ${text}`);
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: 'http://example.com/command-line',
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    ...given,
  };
}

send(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`Not sent: ${describeFailure(error)}`);
  process.exitCode = 1;
});
