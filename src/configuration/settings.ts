import { compactionBytesPerSecondDefault, segmentBytesMaxDefault } from '../storage/store-limits.ts';
import { checkpointSettings } from './checkpoint-settings.ts';
import { engineSettings } from './engine-settings.ts';
import type { PlainValue, SettingDefinition } from './setting-definition.ts';

const mebibyte = 1024 * 1024;

/** Every setting but the limits of the engine, by key. The connectors have the same defaults; a test compares them. */
const named = {
  profile: {
    type: 'list',
    text: 'Active profiles. For each, application-<profile>.yaml is read; later ones win. Not allowed in the file of a profile.',
  },
  'application.name': {
    type: 'string',
    defaultText: 'the name in package.json for the command line, else `application`',
    text: 'Name of the application. The state folder is named after it: another name has another state.',
  },
  'unmatched-events': {
    type: 'enum',
    values: ['dead-letter', 'count'],
    default: 'dead-letter',
    text: 'Whether an event that no forwarder accepts is kept as a dead letter, or only counted.',
  },
  'state.folder': {
    type: 'string',
    defaultText: '`.statefun/<name of the application>` in the working directory',
    variables: [{ name: 'STATEFUN_STATE_FOLDER' }],
    text: 'Folder on a local disk that keeps state, messages and positions. One engine uses it at a time.',
  },
  'state.segment-bytes-max': {
    type: 'bytes',
    default: segmentBytesMaxDefault,
    min: 4_096,
    max: 1_073_741_824,
    text: 'Size at which a file of the log is full and the next one begins. Smaller files are compacted sooner, and there are more of them.',
  },
  'state.compaction-bytes-per-second-max': {
    type: 'bytes',
    default: compactionBytesPerSecondDefault,
    min: 1_048_576,
    text: 'Most bytes that a compaction reads in a second. Lower leaves more of the disk to commits. When too much garbage has collected, compaction ignores the limit.',
  },
  ...checkpointSettings,
  'stop.deadline': {
    type: 'duration',
    default: 30_000,
    min: 0,
    text: 'Time limit of a graceful stop. Work that is not finished by then is done again after the next start.',
  },
  'logging.level': {
    type: 'enum',
    values: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    variables: [{ name: 'LOG_LEVEL', lenient: true }],
    text: 'Lowest level that is logged.',
  },
  'logging.levels': {
    type: 'map',
    values: ['debug', 'info', 'warn', 'error', 'silent'],
    default: {},
    text: 'Levels of single loggers, by name: `logging.levels.kinesis: debug`. Others have `logging.level`.',
  },
  'kinesis.region': {
    type: 'string',
    defaultText: 'the region in the AWS configuration of the machine; `us-east-1` for an endpoint on this machine',
    variables: [{ name: 'AWS_REGION', shared: true }],
    text: 'Region of the streams.',
  },
  'kinesis.endpoint': {
    type: 'string',
    defaultText: 'the endpoint of the region',
    pattern: { source: '^https?://\\S+$', text: 'a URL that begins with http:// or https://' },
    variables: [
      { name: 'AWS_ENDPOINT_URL_KINESIS', shared: true },
      { name: 'AWS_ENDPOINT_URL', shared: true },
      { name: 'AWS_ENDPOINT', shared: true },
    ],
    text: 'URL of another endpoint, such as an emulator. On this machine it needs neither region nor credentials.',
  },
  'kinesis.access-key-id': {
    type: 'string',
    defaultText: 'credentials that the AWS SDK finds',
    text: 'Access key of an AWS account, together with `kinesis.secret-access-key`. Prefer a role, which needs neither.',
  },
  'kinesis.secret-access-key': { type: 'string', secret: true, text: 'Secret of `kinesis.access-key-id`.' },
  'kinesis.session-token': {
    type: 'string',
    secret: true,
    text: 'Session token of temporary credentials.',
  },
  'kinesis.ingress-stream': {
    type: 'string',
    defaultText: 'the stream named in code',
    otherKeys: ['kinesis.stream'],
    variables: [{ name: 'EVENTS_INGRESS_STREAM_DEFAULT' }],
    text: 'Stream that every Kinesis ingress of the application reads.',
  },
  'kinesis.egress-stream': {
    type: 'string',
    defaultText: 'the stream named in code',
    variables: [{ name: 'EVENTS_EGRESS_STREAM_DEFAULT' }],
    text: 'Stream that every Kinesis egress of the application writes.',
  },
  'kinesis.start': {
    type: 'string',
    default: 'TRIM_HORIZON',
    pattern: {
      source: '^(TRIM_HORIZON|LATEST|\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?(Z|[+-]\\d\\d:\\d\\d))$',
      text: 'TRIM_HORIZON, LATEST or a time such as 2026-01-31T12:00:00Z',
    },
    text: 'Position at which the first run begins. Later runs continue after the last commit.',
  },
  'kinesis.start-timeout': {
    type: 'duration',
    default: 10_000,
    min: 100,
    text: 'Longest wait for the first response of Kinesis at the start. Longer suits an emulator that starts at the same time; shorter reports a wrong endpoint sooner.',
  },
  'kinesis.poll-interval': {
    type: 'duration',
    default: 250,
    min: 200,
    text: 'Time between two reads of a shard. Kinesis allows five reads a second for each shard, shared by all its readers. Longer adds latency; shorter leaves fewer reads to others.',
  },
  'kinesis.records-per-read-max': {
    type: 'integer',
    unit: 'records',
    default: 2_000,
    min: 1,
    max: 10_000,
    text: 'Most records of one read. More take more memory for each shard; with fewer, catching up is slower.',
  },
  'kinesis.shard-discovery-interval': {
    type: 'duration',
    default: 120_000,
    min: 1_000,
    text: 'Time between two searches for shards that do not follow from the end of a parent shard.',
  },
  'kinesis.batch-records-max': {
    type: 'integer',
    unit: 'records',
    default: 500,
    min: 1,
    max: 500,
    text: 'Most records of one PutRecords call. Fewer lead to more calls.',
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
    text: 'Largest record, key included; larger ones become dead letters. Raise it together with the limit of the stream.',
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
    text: 'Name of the consumer that enhanced fan-out registers.',
  },
  'kinesis.local-development': {
    type: 'boolean',
    default: false,
    variables: [{ name: 'IS_LOCAL_DEV' }],
    unsupported: {
      text: 'it has no effect: certificates are always verified, and an endpoint on this machine is recognized by its address',
    },
    text: 'Marks local development. The Java example then does not verify certificates.',
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

/** The keys of the settings that code reads one by one. */
export type SettingKey = keyof Named;

/** The type of a setting's value: milliseconds, bytes, words; undefined if it has no default and is not set. */
export type SettingValue<K extends SettingKey> = TypeOf<Named[K]> | (Named[K] extends { readonly default: PlainValue } ? never : undefined);

/** Every setting of the framework by its key: levels joined by dots, words by hyphens. */
export const settings: ReadonlyMap<string, SettingDefinition> = new Map<string, SettingDefinition>([
  ...Object.entries(named).filter(([key]) => !key.startsWith('kinesis.')),
  ...engineSettings,
  ...Object.entries(named).filter(([key]) => key.startsWith('kinesis.')),
]);
