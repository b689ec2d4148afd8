import type { SettingDefinition } from './setting-definition.ts';

const mebibyte = 1024 * 1024;

/** The settings of checkpoints and of the lease, by key. */
export const checkpointSettings = {
  'checkpoints.to': {
    type: 'string',
    place: true,
    defaultText: 'none: a lost disk is lost state',
    pattern: { source: '^(file:.+|s3://.+)$', text: 'file:/path/to/a/folder or s3://bucket/prefix' },
    text: 'Where copies of the state go while the application runs: a folder on another disk, or S3. An empty state folder is restored from there.',
  },
  'checkpoints.interval': {
    type: 'duration',
    default: 60_000,
    min: 1_000,
    text: 'Time between two checkpoints. Shorter loses less with the disk and costs more requests; without a commit since the last one none is taken.',
  },
  'checkpoints.keep': {
    type: 'integer',
    unit: 'checkpoints',
    default: 3,
    min: 1,
    max: 10_000,
    text: 'Checkpoints that are kept; older ones are removed, with what no other one names.',
  },
  'checkpoints.lease': {
    type: 'duration',
    default: 30_000,
    min: 1_000,
    max: 600_000,
    text: 'How long an engine may work without reaching the place of its checkpoints. Beyond, it commits and sends nothing until it does; and after as long, an engine on another machine may take over. Longer survives longer outages, shorter takes over sooner.',
  },
  'checkpoints.upload-bytes-per-second-max': {
    type: 'bytes',
    default: 64 * mebibyte,
    min: 65_536,
    text: 'How much checkpoints upload in a second. Lower leaves more of the network to the application.',
  },
  'checkpoints.s3.region': {
    type: 'string',
    defaultText: 'what the AWS configuration of the machine says',
    text: 'The region of the bucket.',
  },
  'checkpoints.s3.endpoint': {
    type: 'string',
    defaultText: 'S3 itself',
    pattern: { source: '^https?://\\S+$', text: 'a URL that begins with http:// or https://' },
    variables: [{ name: 'AWS_ENDPOINT_URL_S3', shared: true }],
    text: 'Where a storage with the interface of S3 listens.',
  },
  'checkpoints.s3.path-style': {
    type: 'boolean',
    defaultText: '`true` with `checkpoints.s3.endpoint`, else `false`',
    text: 'Whether the bucket is part of the path, not of the name of the host.',
  },
  'checkpoints.s3.server-side-encryption': {
    type: 'enum',
    values: ['AES256', 'aws:kms'],
    defaultText: 'that of the bucket',
    text: 'How the server encrypts the objects.',
  },
  'checkpoints.s3.kms-key-id': {
    type: 'string',
    defaultText: 'the key of the account for S3',
    text: 'The key of KMS for `aws:kms`.',
  },
  'checkpoints.s3.access-key-id': {
    type: 'string',
    defaultText: "the AWS SDK's own search",
    text: 'The key of an AWS account, with `checkpoints.s3.secret-access-key`. Prefer a role, which needs neither.',
  },
  'checkpoints.s3.secret-access-key': {
    type: 'string',
    secret: true,
    text: 'The secret that belongs to `checkpoints.s3.access-key-id`.',
  },
  'checkpoints.s3.session-token': {
    type: 'string',
    secret: true,
    text: 'The session that `checkpoints.s3.access-key-id` belongs to, where it is temporary.',
  },
} as const satisfies Readonly<Record<string, SettingDefinition>>;
