import type { ConnectorSettings } from '../../shared/connector-settings.ts';
import { StatefunError } from '../../shared/errors.ts';
import type { Duration } from '../../shared/time/duration.ts';
import type { KinesisClientOptions, KinesisSender } from './kinesis-connection.ts';
import type { KinesisStart } from './start-positions.ts';

/** Values used where neither settings nor options set one. */
export const kinesisDefaults = {
  start: 'TRIM_HORIZON',
  pollInterval: 250,
  recordsPerReadMax: 2_000,
  shardDiscoveryInterval: 120_000,
  batchRecordsMax: 500,
  batchBytesMax: 5 * 1024 * 1024,
  recordBytesMax: 1024 * 1024,
} as const;

interface IngressSettings {
  readonly stream?: string;
  readonly start?: KinesisStart;
  readonly pollInterval?: Duration;
  readonly recordsPerReadMax?: number;
  readonly shardDiscoveryInterval?: Duration;
  readonly startTimeout?: Duration;
}

interface EgressSettings {
  readonly stream?: string;
  readonly batchRecordsMax?: number;
  readonly batchBytesMax?: number;
  readonly recordBytesMax?: number;
  readonly startTimeout?: Duration;
}

type Client = KinesisSender | KinesisClientOptions | undefined;

/** Returns the options of an ingress, overridden by the settings of the application. */
export function configureIngress<T extends IngressSettings & { readonly client?: Client }>(
  options: T,
  { values, fallbacks }: ConnectorSettings,
): T {
  const start = textOf(values['kinesis.start']);
  return {
    ...options,
    ...defined({
      stream: textOf(values['kinesis.ingress-stream']),
      start: start === undefined ? undefined : start === 'TRIM_HORIZON' || start === 'LATEST' ? start : { at: start },
      pollInterval: numberOf(values['kinesis.poll-interval']),
      recordsPerReadMax: numberOf(values['kinesis.records-per-read-max']),
      shardDiscoveryInterval: numberOf(values['kinesis.shard-discovery-interval']),
      startTimeout: numberOf(values['kinesis.start-timeout']),
      client: configureClient(options.client, { values, fallbacks }),
    }),
  };
}

/** Returns the options of an egress, overridden by the settings of the application. */
export function configureEgress<T extends EgressSettings & { readonly client?: Client }>(
  options: T,
  { values, fallbacks }: ConnectorSettings,
): T {
  return {
    ...options,
    ...defined({
      stream: textOf(values['kinesis.egress-stream']),
      batchRecordsMax: numberOf(values['kinesis.batch-records-max']),
      batchBytesMax: numberOf(values['kinesis.batch-bytes-max']),
      recordBytesMax: numberOf(values['kinesis.record-bytes-max']),
      startTimeout: numberOf(values['kinesis.start-timeout']),
      client: configureClient(options.client, { values, fallbacks }),
    }),
  };
}

/** Returns the client options overridden by settings. A client created by the application stays unchanged. */
function configureClient(client: Client, { values, fallbacks }: ConnectorSettings): Client {
  if (client !== undefined && 'send' in client) return client;
  const configured = {
    region: textOf(values['kinesis.region']) ?? client?.region ?? textOf(fallbacks['kinesis.region']),
    endpoint: textOf(values['kinesis.endpoint']) ?? client?.endpoint ?? textOf(fallbacks['kinesis.endpoint']),
    credentials: configuredCredentials(values) ?? client?.credentials,
  };
  const options = { ...client, ...defined(configured) };
  return Object.keys(options).length === 0 ? client : options;
}

function configuredCredentials(values: ConnectorSettings['values']): KinesisClientOptions['credentials'] {
  const accessKeyId = textOf(values['kinesis.access-key-id']);
  const secretAccessKey = textOf(values['kinesis.secret-access-key']);
  const sessionToken = textOf(values['kinesis.session-token']);
  if (accessKeyId !== undefined && secretAccessKey !== undefined) return { accessKeyId, secretAccessKey, ...defined({ sessionToken }) };
  if (accessKeyId === undefined && secretAccessKey === undefined && sessionToken === undefined) return undefined;
  const lacking = accessKeyId === undefined ? 'kinesis.access-key-id' : 'kinesis.secret-access-key';
  throw new StatefunError('KINESIS_OPTION_INVALID', `${lacking} is not set, but other credentials are.`, {
    facts: { key: lacking },
    hint: 'Set kinesis.access-key-id and kinesis.secret-access-key, or neither.',
  });
}

// The registry of settings has checked the types; a host without it may pass any value.
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Returns only the fields with a value, so that a missing setting leaves the option unchanged. */
function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
