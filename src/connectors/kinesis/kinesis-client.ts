import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { StatefunError } from '../../shared/errors.ts';
import { resolveClientOptions, type Environment, type KinesisClientOptions } from './kinesis-connection.ts';

export type KinesisSdk = typeof import('@aws-sdk/client-kinesis');

/** Connect timeout, in milliseconds. A longer one hides a wrong endpoint, a shorter one fails on slow networks. */
const connectionTimeoutMs = 5_000;
/** Response timeout, in milliseconds. A page of 10 MiB takes seconds on a slow line; a longer timeout keeps dead connections in use. */
const requestTimeoutMs = 30_000;
/** Most connections: each shard of an ingress is read separately. */
const connectionsMax = 100;

/** Loads the AWS SDK, an optional peer, when the first connector starts and not when the application is imported. */
export async function loadKinesisSdk(): Promise<KinesisSdk> {
  try {
    return await import('@aws-sdk/client-kinesis');
  } catch (error) {
    throw missing('@aws-sdk/client-kinesis', error);
  }
}

/**
 * Creates a Kinesis client of the AWS SDK, configured like the connectors: region, endpoint and credentials come from the options, else from
 * the environment. It makes one attempt per call; retries are up to the caller.
 *
 * It uses HTTP/1.1. No call of the connectors needs HTTP/2, the default of the SDK, and local emulators support it poorly.
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

/** Throws KINESIS_REGION_MISSING before the first call, where a missing region looks like any other failure. */
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
