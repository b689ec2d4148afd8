// Shared by scripts/kinesis-send.mjs and scripts/kinesis-read.mjs: the client, and waiting for a stream that does not exist yet.
import { setTimeout as delay } from 'node:timers/promises';
import { DescribeStreamSummaryCommand, KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** A client for AWS, or for the emulator at AWS_ENDPOINT_URL (or AWS_ENDPOINT), which accepts any credentials. */
export function createKinesisClient() {
  const endpoint = process.env.AWS_ENDPOINT_URL_KINESIS || process.env.AWS_ENDPOINT_URL || process.env.AWS_ENDPOINT;
  const anyCredentials = endpoint && !process.env.AWS_ACCESS_KEY_ID && !process.env.AWS_PROFILE;
  return new KinesisClient({
    region: process.env.AWS_REGION || 'us-east-1',
    // Emulators do not speak HTTP/2, the default of this client.
    requestHandler: new NodeHttpHandler(),
    ...(endpoint && { endpoint }),
    ...(anyCredentials && { credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }),
  });
}

/** Resolves when the stream is active. Rejects if it is not active after this many seconds. */
export async function ensureStreamActive(client, streamName, waitSeconds) {
  const deadlineMs = Date.now() + waitSeconds * 1000;
  for (;;) {
    const state = await readStreamState(client, streamName);
    if (state === 'ACTIVE') return;
    if (Date.now() >= deadlineMs) throw new Error(`stream "${streamName}" is not there: ${state}. With --wait-seconds N it is waited for.`);
    await delay(500);
  }
}

async function readStreamState(client, streamName) {
  try {
    const { StreamDescriptionSummary: summary } = await client.send(new DescribeStreamSummaryCommand({ StreamName: streamName }));
    return summary.StreamStatus;
  } catch (error) {
    return `${error.name}: ${error.message || error.code}`;
  }
}

/** Ends a script with one line instead of a stack trace. */
export function endWithReason(error) {
  console.error(error.message);
  process.exitCode = 1;
}
