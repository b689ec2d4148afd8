import type { S3Options } from '../../checkpoints/s3/s3-options.ts';
import type { Configuration } from '../../configuration/configuration.ts';
import type { ConfigurationValues } from '../../configuration/object-source.ts';
import type { Duration } from '../../shared/time/duration.ts';

/** Where and how often the state is copied. Each option is also a setting, see docs/configuration.md. */
export interface CheckpointOptions {
  /** `file:/path/to/a/folder` on another disk, or `s3://bucket/prefix`, which needs the package @aws-sdk/client-s3. */
  readonly to: string;
  /** Time between two checkpoints. Shorter loses less with the disk, and costs more requests. @defaultValue `'60s'` */
  readonly interval?: Duration;
  /** Checkpoints that are kept. @defaultValue 3 */
  readonly keep?: number;
  /** How long the engine may work without reaching the place of its checkpoints. @defaultValue `'30s'` */
  readonly lease?: Duration;
  /** How much checkpoints upload in a second, in bytes. @defaultValue 64 MiB */
  readonly uploadBytesPerSecondMax?: number;
  /** How to connect to S3, or to a storage with the same interface. */
  readonly s3?: S3Options;
}

/** The configured checkpoints. */
export interface ConfiguredCheckpoints {
  readonly to: string;
  readonly intervalMs: number;
  readonly keep: number;
  readonly leaseMs: number;
  readonly uploadBytesPerSecondMax: number;
  readonly s3: S3Options;
}

/** Returns the options as values of settings. */
export function checkpointValues(options: CheckpointOptions | undefined): ConfigurationValues {
  if (options === undefined) return {};
  const { to, interval, keep, lease, uploadBytesPerSecondMax, s3 = {} } = options;
  return {
    'checkpoints.to': to,
    'checkpoints.interval': interval,
    'checkpoints.keep': keep,
    'checkpoints.lease': lease,
    'checkpoints.upload-bytes-per-second-max': uploadBytesPerSecondMax,
    'checkpoints.s3.region': s3.region,
    'checkpoints.s3.endpoint': s3.endpoint,
    'checkpoints.s3.path-style': s3.pathStyle,
    'checkpoints.s3.server-side-encryption': s3.serverSideEncryption,
    'checkpoints.s3.kms-key-id': s3.kmsKeyId,
    'checkpoints.s3.access-key-id': s3.credentials?.accessKeyId,
    'checkpoints.s3.secret-access-key': s3.credentials?.secretAccessKey,
    'checkpoints.s3.session-token': s3.credentials?.sessionToken,
  };
}

/** Returns the configured checkpoints; undefined when there is no place for them. */
export function configuredCheckpoints(configuration: Configuration): ConfiguredCheckpoints | undefined {
  const to = configuration.get('checkpoints.to');
  if (to === undefined) return undefined;
  return {
    to,
    intervalMs: configuration.get('checkpoints.interval'),
    keep: configuration.get('checkpoints.keep'),
    leaseMs: configuration.get('checkpoints.lease'),
    uploadBytesPerSecondMax: configuration.get('checkpoints.upload-bytes-per-second-max'),
    s3: s3Options(configuration),
  };
}

function s3Options(configuration: Configuration): S3Options {
  const region = configuration.get('checkpoints.s3.region');
  const endpoint = configuration.get('checkpoints.s3.endpoint');
  const pathStyle = configuration.get('checkpoints.s3.path-style');
  const serverSideEncryption = configuration.get('checkpoints.s3.server-side-encryption');
  const kmsKeyId = configuration.get('checkpoints.s3.kms-key-id');
  const accessKeyId = configuration.get('checkpoints.s3.access-key-id');
  const secretAccessKey = configuration.get('checkpoints.s3.secret-access-key');
  const sessionToken = configuration.get('checkpoints.s3.session-token');
  const keys = accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey };
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(pathStyle === undefined ? {} : { pathStyle }),
    ...(serverSideEncryption === undefined ? {} : { serverSideEncryption }),
    ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
    ...(keys === undefined ? {} : { credentials: { ...keys, ...(sessionToken === undefined ? {} : { sessionToken }) } }),
  };
}
