import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { StatefunError } from '../../shared/errors.ts';

/** Keys of an AWS account. */
export interface KinesisCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** How Kinesis is reached. What is left out comes from the environment when the application starts. */
export interface KinesisClientOptions {
  /** @defaultValue `AWS_REGION`, or what the AWS configuration of the machine says; `us-east-1` for an endpoint on this machine */
  readonly region?: string;
  /** For emulators. @defaultValue `AWS_ENDPOINT_URL_KINESIS`, else `AWS_ENDPOINT_URL`, else `AWS_ENDPOINT`, else Kinesis itself */
  readonly endpoint?: string;
  /** @defaultValue the AWS SDK's chain; for an endpoint on this machine, where none are in the environment, `test`/`test` */
  readonly credentials?: KinesisCredentials;
}

/** What the connectors need of the SDK's client. */
export type KinesisSender = Pick<KinesisClient, 'send'>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Options in code win over the environment, as in the AWS SDK; the more specific endpoint variable wins over the more general one. */
export function resolveClientOptions(options: KinesisClientOptions, environment: Environment): KinesisClientOptions {
  const endpoint =
    options.endpoint ??
    textOf(environment['AWS_ENDPOINT_URL_KINESIS']) ??
    textOf(environment['AWS_ENDPOINT_URL']) ??
    textOf(environment['AWS_ENDPOINT']);
  const isLocal = endpoint !== undefined && isLoopback(endpoint);
  const region = options.region ?? textOf(environment['AWS_REGION']) ?? (isLocal ? 'us-east-1' : undefined);
  const credentials = options.credentials ?? (isLocal && !hasCredentials(environment) ? localCredentials : undefined);
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

/** The stream to use: the environment wins over the code, so that one build runs against the streams of every stage. */
export function resolveStreamName(stream: string | undefined, variable: string, environment: Environment): string {
  const name = textOf(environment[variable]) ?? textOf(stream);
  if (name !== undefined) return name;
  throw new StatefunError('KINESIS_STREAM_UNNAMED', `Neither the option \`stream\` nor ${variable} names a stream.`, {
    facts: { variable },
  });
}

/** Emulators check no signature, but the SDK refuses to sign without keys. */
const localCredentials: KinesisCredentials = { accessKeyId: 'test', secretAccessKey: 'test' };

const credentialVariables = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];

function hasCredentials(environment: Environment): boolean {
  return credentialVariables.some((variable) => textOf(environment[variable]) !== undefined);
}

function isLoopback(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const host = new URL(endpoint).hostname;
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}

/** Empty variables count as missing: compose files and shells set them so. */
function textOf(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value;
}
