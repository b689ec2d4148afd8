import { isFunctionType } from '../../shared/address.ts';
import { describe } from '../../shared/errors.ts';
import type { KinesisConnection, KinesisEgressSpec, KinesisIngressSpec, StreamRoute } from './module-description.ts';
import type { SpecReader } from './spec-reader.ts';

const ownClient = 'the client has its own settings, see docs/configuration.md';

/** `io.statefun.kinesis.v1/ingress`. `typeKey`: what the type of the values is called, `typeUrl` before version 3. */
export function readKinesisIngress(spec: SpecReader, typeKey = 'valueType'): KinesisIngressSpec | undefined {
  const id = readId(spec);
  const connection = readConnection(spec);
  const start = readStart(spec);
  const streams = spec.maps('streams').map((stream) => readRoute(stream, typeKey));
  if (streams.length === 0) spec.problem(`${spec.path}.streams names no stream`, 'streams');
  spec.withoutEffect('clientConfigProperties', ownClient);
  spec.end();
  return id === undefined ? undefined : { kind: 'kinesis', id, connection, start, streams };
}

/** `io.statefun.kinesis.v1/egress`. */
export function readKinesisEgress(spec: SpecReader): KinesisEgressSpec | undefined {
  const id = readId(spec);
  const connection = readConnection(spec);
  spec.withoutEffect('maxOutstandingRecords', 'committed records wait in the outbox, see engine.outbox-records-max');
  spec.withoutEffect('clientConfigProperties', ownClient);
  spec.end();
  return id === undefined ? undefined : { kind: 'kinesis', id, connection };
}

/** Reads the id of an ingress or egress. */
export function readId(spec: SpecReader): string | undefined {
  const id = spec.requiredText('id');
  if (id === undefined || isFunctionType(id)) return id;
  spec.problem(`${spec.path}.id is ${describe(id)}; it must be of the form namespace/name`, 'id');
  return undefined;
}

function readRoute(spec: SpecReader, typeKey: string): StreamRoute {
  const stream = spec.requiredText('stream') ?? '';
  const valueType = spec.requiredText(typeKey) ?? '';
  const targets = spec.texts('targets');
  if (targets.length === 0) spec.problem(`${spec.path}.targets names no function`, 'targets');
  for (const target of targets) {
    if (!isFunctionType(target)) spec.problem(`${spec.path}.targets names ${describe(target)}, which is no function type`, 'targets');
  }
  spec.end();
  return { stream, valueType, targets };
}

function readConnection(spec: SpecReader): KinesisConnection {
  return { ...readRegion(spec.map('awsRegion')), ...readCredentials(spec.map('awsCredentials')) };
}

function readRegion(region: SpecReader | undefined): KinesisConnection {
  if (region === undefined) return {};
  const type = region.requiredText('type');
  const id = type === 'specific' || type === 'custom-endpoint' ? region.requiredText('id') : undefined;
  const endpoint = type === 'custom-endpoint' ? region.requiredText('endpoint') : undefined;
  ensureKnown(region, type, ['default', 'specific', 'custom-endpoint']);
  region.end();
  return { ...(id === undefined ? {} : { region: id }), ...(endpoint === undefined ? {} : { endpoint }) };
}

function readCredentials(credentials: SpecReader | undefined): KinesisConnection {
  if (credentials === undefined) return {};
  const type = credentials.requiredText('type');
  if (type === 'profile') {
    credentials.text('profileName');
    credentials.text('profilePath');
    const hint = 'Use type: default, and set AWS_PROFILE (and AWS_SHARED_CREDENTIALS_FILE) where the engine is started.';
    credentials.problem(`${credentials.path}.type profile is not supported`, 'type', hint);
  } else if (type === 'basic') {
    const [accessKeyId, secretAccessKey] = [credentials.requiredText('accessKeyId'), credentials.requiredText('secretAccessKey')];
    credentials.end();
    return accessKeyId === undefined || secretAccessKey === undefined ? {} : { credentials: { accessKeyId, secretAccessKey } };
  } else {
    ensureKnown(credentials, type, ['default', 'basic', 'profile']);
  }
  credentials.end();
  return {};
}

function readStart(spec: SpecReader): KinesisIngressSpec['start'] {
  const position = spec.map('startupPosition');
  const type = position?.requiredText('type') ?? 'latest';
  if (position === undefined) return 'LATEST';
  ensureKnown(position, type, ['earliest', 'latest', 'date']);
  const at = type === 'date' ? readDate(position) : undefined;
  position.end();
  if (at !== undefined) return { at };
  return type === 'earliest' ? 'TRIM_HORIZON' : 'LATEST';
}

/** Reads a date of the form `2020-02-01 04:15:00.000 +0000`. */
function readDate(position: SpecReader): Date | undefined {
  const text = position.requiredText('date');
  if (text === undefined) return undefined;
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3}) ([+-]\d\d)(\d\d)$/.exec(text);
  const date = new Date(match === null ? Number.NaN : `${match[1]}T${match[2]}${match[3]}:${match[4]}`);
  if (!Number.isNaN(date.getTime())) return date;
  position.problem(`${position.path}.date is ${describe(text)}; it must look like 2020-02-01 04:15:00.000 +0000`, 'date');
  return undefined;
}

function ensureKnown(spec: SpecReader, type: string | undefined, known: readonly string[]): void {
  if (type !== undefined && !known.includes(type)) {
    spec.problem(`${spec.path}.type "${type}" is not known; there are ${known.join(', ')}`, 'type');
  }
}
