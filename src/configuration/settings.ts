import { compactionBytesPerSecondDefault, segmentBytesMaxDefault } from '../storage/store-limits.ts';
import { engineSettings } from './engine-settings.ts';
import type { PlainValue, SettingDefinition } from './setting-definition.ts';

const mebibyte = 1024 * 1024;

/** Every setting but the limits of the engine, by key. What the connectors do without one is theirs to decide: a test compares. */
const named = {
  profile: {
    type: 'list',
    text: 'The profiles of this run: application-<profile>.yaml is read for each, and later ones win. Not in the file of a profile.',
  },
  'application.name': {
    type: 'string',
    defaultText: 'the name in package.json for the command line, else `application`',
    text: 'Names the state folder, among others. Another name is another state.',
  },
  'unmatched-events': {
    type: 'enum',
    values: ['dead-letter', 'count'],
    default: 'dead-letter',
    text: 'What becomes of an event that no forwarder accepts: kept as a dead letter, or only counted.',
  },
  'state.folder': {
    type: 'string',
    defaultText: '`.statefun/<name of the application>` in the working directory',
    variables: [{ name: 'STATEFUN_STATE_FOLDER' }],
    text: 'Where state, messages and positions are kept: a folder on a local disk; one engine at a time.',
  },
  'state.segment-bytes-max': {
    type: 'bytes',
    default: segmentBytesMaxDefault,
    min: 4_096,
    max: 1_073_741_824,
    text: 'How large a file of the log grows before the next one is begun. Smaller ones are compacted sooner, and are more files.',
  },
  'state.compaction-bytes-per-second-max': {
    type: 'bytes',
    default: compactionBytesPerSecondDefault,
    min: 1_048_576,
    text: 'How much a compaction reads in a second. Lower leaves more of the disk to commits, until garbage piles up: then nothing is held back.',
  },
  'stop.deadline': {
    type: 'duration',
    default: 30_000,
    min: 0,
    text: 'How long a graceful stop may take. What is not finished then is done again after the next start.',
  },
  'logging.level': {
    type: 'enum',
    values: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    variables: [{ name: 'LOG_LEVEL', lenient: true }],
    text: 'The least level of the lines that are logged.',
  },
  'logging.levels': {
    type: 'map',
    values: ['debug', 'info', 'warn', 'error', 'silent'],
    default: {},
    text: 'Levels by name of a logger, where one differs from `logging.level`: `logging.levels.kinesis: debug`.',
  },
  'kinesis.region': {
    type: 'string',
    defaultText: 'what the AWS configuration of the machine says; `us-east-1` for an endpoint on this machine',
    variables: [{ name: 'AWS_REGION', shared: true }],
    text: 'The region of the streams.',
  },
  'kinesis.endpoint': {
    type: 'string',
    defaultText: 'Kinesis itself',
    pattern: { source: '^https?://\\S+$', text: 'a URL that begins with http:// or https://' },
    variables: [
      { name: 'AWS_ENDPOINT_URL_KINESIS', shared: true },
      { name: 'AWS_ENDPOINT_URL', shared: true },
      { name: 'AWS_ENDPOINT', shared: true },
    ],
    text: 'Where an emulator of Kinesis listens. On this machine it needs neither region nor credentials.',
  },
  'kinesis.access-key-id': {
    type: 'string',
    defaultText: "the AWS SDK's own search",
    text: 'The key of an AWS account, with `kinesis.secret-access-key`. Prefer a role, which needs neither.',
  },
  'kinesis.secret-access-key': { type: 'string', secret: true, text: 'The secret that belongs to `kinesis.access-key-id`.' },
  'kinesis.session-token': {
    type: 'string',
    secret: true,
    text: 'The session that `kinesis.access-key-id` belongs to, where it is temporary.',
  },
  'kinesis.ingress-stream': {
    type: 'string',
    defaultText: 'the stream named in code',
    otherKeys: ['kinesis.stream'],
    variables: [{ name: 'EVENTS_INGRESS_STREAM_DEFAULT' }],
    text: 'The stream that every Kinesis ingress of the application reads.',
  },
  'kinesis.egress-stream': {
    type: 'string',
    defaultText: 'the stream named in code',
    variables: [{ name: 'EVENTS_EGRESS_STREAM_DEFAULT' }],
    text: 'The stream that every Kinesis egress of the application writes.',
  },
  'kinesis.start': {
    type: 'string',
    default: 'TRIM_HORIZON',
    pattern: {
      source: '^(TRIM_HORIZON|LATEST|\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?(Z|[+-]\\d\\d:\\d\\d))$',
      text: 'TRIM_HORIZON, LATEST or a time such as 2026-01-31T12:00:00Z',
    },
    text: 'Where the very first run begins; later runs go on where the last commit ended.',
  },
  'kinesis.start-timeout': {
    type: 'duration',
    default: 10_000,
    min: 100,
    text: 'How long the start may wait for Kinesis to answer. Longer is patient with what starts alongside; shorter shows a wrong endpoint sooner.',
  },
  'kinesis.poll-interval': {
    type: 'duration',
    default: 250,
    min: 200,
    text: 'Time between two reads of a shard. Kinesis allows a shard five reads a second, shared by all its readers: longer costs latency, shorter takes reads away from others.',
  },
  'kinesis.records-per-read-max': {
    type: 'integer',
    unit: 'records',
    default: 2_000,
    min: 1,
    max: 10_000,
    text: 'Most records of one read. More need more memory for every shard; fewer are slower to catch up.',
  },
  'kinesis.shard-discovery-interval': {
    type: 'duration',
    default: 120_000,
    min: 1_000,
    text: 'Time between two looks for shards that appeared otherwise than at the end of their parent.',
  },
  'kinesis.batch-records-max': {
    type: 'integer',
    unit: 'records',
    default: 500,
    min: 1,
    max: 500,
    text: 'Most records of one PutRecords call. Fewer cost more calls.',
  },
  'kinesis.batch-bytes-max': {
    type: 'bytes',
    default: 5 * mebibyte,
    min: 1,
    max: 10 * mebibyte,
    text: 'Most bytes of one PutRecords call, keys included.',
  },
  'kinesis.record-bytes-max': {
    type: 'bytes',
    default: mebibyte,
    min: 1,
    max: 10 * mebibyte,
    text: "Largest record, key included; larger ones become dead letters. Raise it with the stream's own limit.",
  },
  'kinesis.enhanced-fan-out': {
    type: 'boolean',
    default: false,
    variables: [{ name: 'USE_ENHANCED_FANOUT' }],
    unsupported: { text: 'enhanced fan-out is not supported yet; shards are read by polling' },
    text: 'Reads shards by enhanced fan-out instead of polling.',
  },
  'kinesis.enhanced-fan-out-name': {
    type: 'string',
    variables: [{ name: 'ENHANCED_FANOUT_NAME' }],
    unsupported: { text: 'enhanced fan-out is not supported yet; no consumer is registered', unlessFalse: 'kinesis.enhanced-fan-out' },
    text: 'The name of the consumer that enhanced fan-out registers.',
  },
  'kinesis.local-development': {
    type: 'boolean',
    default: false,
    variables: [{ name: 'IS_LOCAL_DEV' }],
    unsupported: { text: 'it changes nothing: certificates are always verified, and an endpoint on this machine is known by its address' },
    text: 'Marks local development, in which the Java example does not verify certificates.',
  },
} as const satisfies Readonly<Record<string, SettingDefinition>>;

type Named = typeof named;
type TypeOf<S extends SettingDefinition> = S extends { readonly values: readonly (infer Word)[] }
  ? S['type'] extends 'map'
    ? Readonly<Record<string, Word>>
    : Word
  : {
      string: string;
      integer: number;
      number: number;
      boolean: boolean;
      duration: number;
      bytes: number;
      enum: string;
      list: readonly string[];
      map: never;
    }[S['type']];

/** The keys of the settings that are asked for one by one. */
export type SettingKey = keyof Named;

/** What a setting is used as: milliseconds, bytes, words; undefined where nobody sets it and it has no default. */
export type SettingValue<K extends SettingKey> = TypeOf<Named[K]> | (Named[K] extends { readonly default: PlainValue } ? never : undefined);

/** Every setting of the framework by its key: levels joined by dots, words by hyphens. */
export const settings: ReadonlyMap<string, SettingDefinition> = new Map<string, SettingDefinition>([
  ...Object.entries(named).filter(([key]) => !key.startsWith('kinesis.')),
  ...engineSettings,
  ...Object.entries(named).filter(([key]) => key.startsWith('kinesis.')),
]);
