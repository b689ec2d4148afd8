import { toIsoTime } from '../shared/time/iso-time.ts';
import { checkCloudEvent, ensureAttributes } from './check-cloud-event.ts';
import type { CloudEvent, NewEvent } from './cloud-event.ts';
import { freezeJson } from './freeze-json.ts';
import { withJsonData } from './json-data.ts';

/** Values for missing attributes of a new event. */
export interface EventDefaults {
  /** The message id, so that the event is the same in every attempt. */
  readonly id: string;
  readonly source: string;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
}

/**
 * Returns the event to send: with missing attributes filled in, checked, plain, and frozen at every level, including the given data.
 *
 * Nothing is added to an event with all required attributes. A plain one without undefined attributes is returned as it is.
 * Throws INVALID_CLOUD_EVENT, or EVENT_NOT_SERIALIZABLE for data that JSON would change or lose.
 */
export function completeEvent(event: CloudEvent | NewEvent, defaults: EventDefaults): CloudEvent {
  // Read first: a getter of the event can send another one, which sets the id of the defaults.
  const { id } = defaults;
  const plain = toPlainEvent(event);
  return checkAndFreeze(isComplete(plain) ? plain : fillEvent(plain, defaults, plain['id'] ?? id));
}

/** Writes a checked event as CloudEvents JSON, with the given JSON text for its data. */
export function writeWithData(event: object, dataText: string): string {
  const members: string[] = [];
  for (const [name, value] of Object.entries(event)) {
    const text = name === 'data' ? dataText : JSON.stringify(value);
    // JSON.stringify returns undefined for an undefined attribute.
    if (text !== undefined) members.push(`${JSON.stringify(name)}:${text}`);
  }
  return `{${members.join(',')}}`;
}

/** Returns the value as a checked and frozen event. */
export function checkAndFreeze(value: unknown): CloudEvent {
  checkCloudEvent(value);
  const event = withJsonData(value);
  freezeJson(event);
  return event;
}

/**
 * Returns the event as a plain object without undefined attributes, with binary data as base64 text. Instances of the `cloudevents` package have a
 * class, undefined attributes, and their binary data twice.
 */
export function toPlainEvent(event: object): Readonly<Record<string, unknown>> {
  const attributes = ensureAttributes(event);
  if (isPlainEvent(attributes)) return attributes;
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    if (name === 'data' && ArrayBuffer.isView(value)) {
      plain['data_base64'] = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
    } else {
      plain[name] = value;
    }
  }
  return plain;
}

function isPlainEvent(event: Readonly<Record<string, unknown>>): boolean {
  if (Object.getPrototypeOf(event) !== Object.prototype || ArrayBuffer.isView(event['data'])) return false;
  for (const name in event) if (event[name] === undefined) return false;
  return true;
}

function isComplete(event: Readonly<Record<string, unknown>>): boolean {
  return event['id'] !== undefined && event['source'] !== undefined && event['specversion'] !== undefined;
}

/** Order of the attributes in JSON, for human readers: required ones, optional ones, data. */
export function fillEvent(event: Readonly<Record<string, unknown>>, defaults: EventDefaults, id: unknown): object {
  const filled: Record<string, unknown> = {
    specversion: event['specversion'] ?? '1.0',
    id,
    source: event['source'] ?? defaults.source,
    type: event['type'],
    time: event['time'] ?? toIsoTime(defaults.timeMs),
  };
  const data = event['data'];
  if (data !== undefined) filled['datacontenttype'] = event['datacontenttype'] ?? 'application/json';
  for (const name in event) if (name !== 'data' && !Object.hasOwn(filled, name)) filled[name] = event[name];
  if (data !== undefined) filled['data'] = data;
  return filled;
}
