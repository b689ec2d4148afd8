import { StatefunError } from '../../shared/errors.ts';
import { createStreams, type EmbeddedStream } from './embedded-streams.ts';
import { findFreePorts, locateKinesisLocal, PortTakenError, startKinesisLocal, type KinesisLocal } from './kinesis-local.ts';

/** Options of `startEmbeddedKinesis`. */
export interface EmbeddedKinesisOptions {
  /** Streams to create before the start resolves. @defaultValue none */
  readonly streams?: readonly EmbeddedStream[];
  /** Ports on 127.0.0.1, for plain HTTP and for TLS. @defaultValue free ones */
  readonly ports?: { readonly plain: number; readonly tls: number };
}

/** A Kinesis on this machine, for development and tests. Its streams are in memory and lost when it stops. */
export interface EmbeddedKinesis {
  readonly endpoint: string;
  readonly region: string;
  /** Environment variables with which the connectors, the AWS SDK and the AWS command line use it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Stops its process. Further calls do nothing. */
  stop(): Promise<void>;
}

const region = 'us-east-1';
/** Most attempts to start, each with new ports: a free port can be taken before it is used. */
const attemptsMax = 5;

/**
 * Starts an embedded Kinesis (the package `kinesis-local`) in a separate process and creates the streams. It listens on 127.0.0.1 only, and
 * stops when this process ends, even by SIGKILL.
 *
 * It never throttles, keeps every record and becomes slower as it fills: use it for functional tests and demonstrations, not for measurements.
 * Throws EMBEDDED_KINESIS_MISSING if the package is not installed, and EMBEDDED_KINESIS_FAILED if it does not start.
 */
export async function startEmbeddedKinesis(options: EmbeddedKinesisOptions = {}): Promise<EmbeddedKinesis> {
  const kinesis = await startOnFreePorts(options.ports);
  const endpoint = `http://127.0.0.1:${kinesis.ports.plain}`;
  try {
    await createStreams(options.streams ?? [], { endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  } catch (error) {
    await kinesis.stop();
    throw new StatefunError('EMBEDDED_KINESIS_FAILED', `The embedded Kinesis at ${endpoint} could not create its streams.`, {
      cause: error,
    });
  }
  const environment = {
    AWS_ENDPOINT_URL_KINESIS: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  return { endpoint, region, environment, stop: () => kinesis.stop() };
}

async function startOnFreePorts(ports: EmbeddedKinesisOptions['ports']): Promise<KinesisLocal> {
  const location = locateKinesisLocal();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startKinesisLocal(location, ports ?? (await findFreePorts()), region);
    } catch (error) {
      const canTryAgain = error instanceof PortTakenError && ports === undefined && attempt < attemptsMax;
      if (!canTryAgain) throw new StatefunError('EMBEDDED_KINESIS_FAILED', 'The embedded Kinesis did not start.', { cause: error });
    }
  }
}
