import { explaining, textFact, type Explain } from './explaining.ts';
import { systemAction } from './system-failures.ts';

const byItsCause: Explain = (error) => {
  const action = systemAction(error.cause);
  return action === undefined ? {} : { action };
};

const unreachable: Explain = (error) => {
  const action = systemAction(error.cause);
  return {
    where: streamPlace(textFact(error, 'stream')),
    action: `${action ?? 'Check the network.'} The endpoint is AWS_ENDPOINT_URL_KINESIS or AWS_ENDPOINT_URL, else that of AWS_REGION.`,
  };
};

const inStream: Explain = (error) => ({ where: streamPlace(textFact(error, 'stream')) });

/** Explains failures of the state folder and of streams. */
export const outsideFailures = explaining({
  STATE_FOLDER_LOCKED: (error) => {
    const { pid } = error.facts;
    const owner = typeof pid === 'number' ? `process ${pid}` : 'the other engine';
    return {
      where: textFact(error, 'folder'),
      action: `Stop ${owner}, or give this one another folder: --state-folder, or STATEFUN_STATE_FOLDER. One engine at a time writes a state folder.`,
    };
  },
  STATE_FOLDER_UNUSABLE: (error) => ({ where: textFact(error, 'folder'), action: systemAction(error.cause) ?? error.hint }),
  STORE_FORMAT_NEWER: (error) => {
    const { formatVersion, formatVersionKnown } = error.facts;
    return {
      what: `a later version of statefun wrote the state (format ${String(formatVersion)}; this one reads up to ${String(formatVersionKnown)}).`,
      action:
        'Start the version that wrote it, or a later one (npm install statefun@latest), or another state folder. Nothing was changed.',
    };
  },
  INGRESS_FILE_MISSING: byItsCause,
  KINESIS_STREAM_MISSING: (error) => {
    const stream = textFact(error, 'stream') ?? 'STREAM';
    return {
      where: streamPlace(stream),
      action: `Correct the name, the region or the endpoint, or create it: aws kinesis create-stream --stream-name ${stream} --shard-count 1`,
    };
  },
  KINESIS_UNREACHABLE: unreachable,
  KINESIS_CREDENTIALS_MISSING: inStream,
  KINESIS_CREDENTIALS_REFUSED: inStream,
  KINESIS_READ_FAILED: inStream,
});

function streamPlace(stream: string | undefined): string | undefined {
  return stream === undefined ? undefined : `stream "${stream}"`;
}
