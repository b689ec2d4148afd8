import { StatefunError } from '../../shared/errors.ts';
import { createStreams, type EmbeddedStream } from './embedded-streams.ts';
import { findFreePorts, locateKinesisLocal, PortTakenError, startKinesisLocal, type KinesisLocal } from './kinesis-local.ts';

export interface EmbeddedKinesisOptions {
  /** Created before the start resolves. @defaultValue none */
  readonly streams?: readonly EmbeddedStream[];
  /** Ports on 127.0.0.1, for plain HTTP and for TLS. @defaultValue free ones */
  readonly ports?: { readonly plain: number; readonly tls: number };
}

/** A Kinesis on this machine, for development and tests; it forgets everything when it stops. */
export interface EmbeddedKinesis {
  readonly endpoint: string;
  readonly region: string;
  /** Variables that lead the connectors, the AWS SDK and the AWS command line to it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends its process. Calling it again does nothing. */
  stop(): Promise<void>;
}

const region = 'us-east-1';
/** Starts with fresh ports before giving up: a port that is free when it is chosen can be taken a moment later. */
const attemptsMax = 5;

/**
 * Starts an embedded Kinesis (the package `kinesis-local`) in a process of its own and creates the streams. It listens on 127.0.0.1
 * only, and ends with this process, even when that is killed.
 *
 * It never throttles, keeps every record and becomes slow as it fills: for functional tests and demonstrations, not for measurements.
 * Throws EMBEDDED_KINESIS_MISSING where the package is not installed, EMBEDDED_KINESIS_FAILED where it does not start.
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
