import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { StatefunError } from '../../shared/errors.ts';
import { resolveClientOptions, type Environment, type KinesisClientOptions } from './kinesis-connection.ts';

export type KinesisSdk = typeof import('@aws-sdk/client-kinesis');

/** Time for a connection to stand. Longer hides a wrong endpoint, shorter fails on slow networks. */
const connectionTimeoutMs = 5_000;
/** Time for an answer: a page of 10 MiB takes seconds on a slow line. Longer keeps a dead connection in use. */
const requestTimeoutMs = 30_000;
/** Connections at once: each shard of an ingress reads by itself. */
const connectionsMax = 100;

/** The AWS SDK is an optional peer: it is loaded when the first connector starts, not when the application is imported. */
export async function loadKinesisSdk(): Promise<KinesisSdk> {
  try {
    return await import('@aws-sdk/client-kinesis');
  } catch (error) {
    throw missing('@aws-sdk/client-kinesis', error);
  }
}

/**
 * A Kinesis client of the AWS SDK, configured like the connectors: region, endpoint and credentials from the options, else from the
 * environment. It makes one attempt a call; whoever uses it decides about the next.
 *
 * It speaks HTTP/1.1: no call of the connectors needs HTTP/2, which the SDK would choose and which no local emulator speaks well.
 */
export async function createKinesisClient(
  options: KinesisClientOptions = {},
  environment: Environment = process.env,
): Promise<KinesisClient> {
  const { KinesisClient: Client } = await loadKinesisSdk();
  const { NodeHttpHandler } = await loadHttpHandler();
  const client = new Client({
    ...resolveClientOptions(options, environment),
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: connectionTimeoutMs,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: connectionsMax },
      httpsAgent: { keepAlive: true, maxSockets: connectionsMax },
    }),
  });
  await ensureRegion(client);
  return client;
}

async function loadHttpHandler(): Promise<typeof import('@smithy/node-http-handler')> {
  try {
    return await import('@smithy/node-http-handler');
  } catch (error) {
    throw missing('@smithy/node-http-handler', error);
  }
}

/** Asked before the first call, where a missing region looks like any other failure. */
async function ensureRegion(client: KinesisClient): Promise<void> {
  try {
    await client.config.region();
  } catch (error) {
    throw new StatefunError('KINESIS_REGION_MISSING', 'Neither the code, AWS_REGION nor the AWS configuration names a region.', {
      cause: error,
    });
  }
}

function missing(name: string, error: unknown): StatefunError {
  return new StatefunError('KINESIS_CLIENT_MISSING', `The package ${name} cannot be loaded.`, { facts: { package: name }, cause: error });
}
