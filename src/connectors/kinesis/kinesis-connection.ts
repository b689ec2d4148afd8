import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { StatefunError } from '../../shared/errors.ts';

/** Keys of an AWS account. */
export interface KinesisCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** How to connect to Kinesis. Missing options are read from the environment when the application starts. */
export interface KinesisClientOptions {
  /** The AWS region. @defaultValue `AWS_REGION`, else the AWS configuration; `us-east-1` for an endpoint on this machine */
  readonly region?: string;
  /** The URL of an emulator. @defaultValue `AWS_ENDPOINT_URL_KINESIS`, else `AWS_ENDPOINT_URL`, else `AWS_ENDPOINT`, else that of AWS */
  readonly endpoint?: string;
  /** The credentials. @defaultValue those the AWS SDK finds; `test`/`test` for an endpoint on this machine if the environment has none */
  readonly credentials?: KinesisCredentials;
}

/** The part of the SDK's client that the connectors use. */
export type KinesisSender = Pick<KinesisClient, 'send'>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Completes options from the environment. Options in code win, as in the AWS SDK; the more specific endpoint variable wins. */
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

/** Returns the name of the stream. The environment wins over the code, so that one build runs against the streams of every stage. */
export function resolveStreamName(stream: string | undefined, variable: string, environment: Environment): string {
  const name = textOf(environment[variable]) ?? textOf(stream);
  if (name !== undefined) return name;
  throw new StatefunError('KINESIS_STREAM_UNNAMED', `Neither the option \`stream\` nor ${variable} names a stream.`, {
    facts: { variable },
  });
}

/** Keys for emulators, which check no signature; the SDK cannot sign without keys. */
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

/** Returns undefined for an empty variable: compose files and shells set missing ones so. */
function textOf(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value;
}
