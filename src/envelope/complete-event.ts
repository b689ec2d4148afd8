import { checkCloudEvent, ensureAttributes } from './check-cloud-event.ts';
import type { CloudEvent, NewEvent } from './cloud-event.ts';
import { checkJson, freezeJson } from './freeze-json.ts';
import { withJsonData } from './json-data.ts';

/** What a new event gets where it says nothing itself. */
export interface EventDefaults {
  /** The message id, so that the event is the same on every attempt. */
  readonly id: string;
  readonly source: string;
  /** Called only when it is needed. ISO 8601. */
  readonly time: () => string;
}

/**
 * The event as it travels: missing attributes filled in, checked, plain and frozen all the way down (the data that was given is frozen too).
 *
 * An event that has all required attributes gets nothing added; one that is plain and has no undefined attribute is returned as it is.
 * Throws INVALID_CLOUD_EVENT, or EVENT_NOT_SERIALIZABLE for data that JSON would change or lose.
 */
export function completeEvent(event: CloudEvent | NewEvent, defaults: EventDefaults): CloudEvent {
  const plain = toPlainEvent(event);
  return checkAndFreeze(isComplete(plain) ? plain : fill(plain, defaults));
}

/**
 * The event as CloudEvents JSON under the id of its message, whatever id it had: how it leaves through an egress.
 *
 * Nothing is frozen, since nothing of the event is kept. `dataText` is the text its data came as, where it is passed on unchanged. Throws what {@link completeEvent} throws.
 */
export function writeEvent(event: CloudEvent | NewEvent, defaults: EventDefaults, dataText?: string): string {
  const filled = fill(toPlainEvent(event), defaults, defaults.id);
  checkCloudEvent(filled);
  checkJson(filled);
  return dataText === undefined ? JSON.stringify(filled) : writeWithData(filled, dataText);
}

/** A checked event as CloudEvents JSON, with a text of JSON for its data. */
export function writeWithData(event: object, dataText: string): string {
  const members: string[] = [];
  for (const [name, value] of Object.entries(event)) {
    const text = name === 'data' ? dataText : JSON.stringify(value);
    // An attribute that is undefined has no text.
    if (text !== undefined) members.push(`${JSON.stringify(name)}:${text}`);
  }
  return `{${members.join(',')}}`;
}

/** The value as a plain, checked and frozen event. */
export function checkAndFreeze(value: unknown): CloudEvent {
  checkCloudEvent(value);
  const event = withJsonData(value);
  freezeJson(event);
  return event;
}

/**
 * The event without undefined attributes, as a plain object, with binary data as base64 text. Instances of the `cloudevents` package have
 * a class, undefined attributes, and their binary data twice.
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

/** In the order in which people expect to read the JSON: required attributes, the others, data. */
function fill(event: Readonly<Record<string, unknown>>, defaults: EventDefaults, id = event['id'] ?? defaults.id): object {
  const filled: Record<string, unknown> = {
    specversion: event['specversion'] ?? '1.0',
    id,
    source: event['source'] ?? defaults.source,
    type: event['type'],
    time: event['time'] ?? defaults.time(),
  };
  const data = event['data'];
  if (data !== undefined) filled['datacontenttype'] = event['datacontenttype'] ?? 'application/json';
  for (const name in event) if (name !== 'data' && !Object.hasOwn(filled, name)) filled[name] = event[name];
  if (data !== undefined) filled['data'] = data;
  return filled;
}
