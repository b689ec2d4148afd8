import { deepFreeze } from '../shared/deep-freeze.ts';
import { StatefunError } from '../shared/errors.ts';
import { ignoreRejection, isThenable } from '../shared/thenable.ts';
import type { CloudEvent, EventAttributes, NewEvent } from './cloud-event.ts';
import { isSameJson } from './same-json.ts';
import { isStandardSchema, type SchemaIssue, type StandardSchemaV1 } from './standard-schema.ts';

/** Options of an event type. */
export interface EventTypeOptions {
  /** The `source` of events from {@link EventType.create}. @defaultValue the function or forwarder that sends them */
  readonly source?: string | undefined;
}

/** A type of event and the type of its data. {@link eventType} creates it; `@Handles` and `@Forwarder` use it. */
export interface EventType<T = unknown> {
  /** The `type` attribute of the events. */
  readonly type: string;
  readonly schema: StandardSchemaV1<unknown, T> | undefined;
  readonly source: string | undefined;
  /** Creates an event to send. Sending fills in id, time and source (unless the event type has one). `attributes` override all of them. */
  create(data: T, attributes?: EventAttributes): NewEvent<T>;
  /** Returns whether the event has this type. Its data is not checked. */
  is(event: CloudEvent): event is CloudEvent<T>;
  /**
   * Checks the data of an event. Returns the event itself, or one with the data of the schema when that differs (defaults, conversions).
   * Throws INVALID_EVENT_DATA, naming every wrong field, and EVENT_SCHEMA_ASYNC.
   */
  check(event: CloudEvent): CloudEvent<T>;
}

/** The events of an event type: `EventOf<typeof ProductChanged>`. */
export type EventOf<E> = E extends EventType<infer T> ? CloudEvent<T> : never;

/**
 * Declares a type of event. With a schema (Zod, Valibot, ArkType or another Standard Schema), the data of every event is checked before a handler or
 * forwarder receives it. `eventType<T>(type)` checks nothing and trusts `T`.
 */
export function eventType<T>(type: string, schema: StandardSchemaV1<unknown, T>, options?: EventTypeOptions): EventType<T>;
export function eventType<T = unknown>(type: string, options?: EventTypeOptions): EventType<T>;
export function eventType<T>(
  type: string,
  first?: StandardSchemaV1<unknown, T> | EventTypeOptions,
  second?: EventTypeOptions,
): EventType<T> {
  // Safe: by the overloads, a schema in first place is one of T.
  const schema = isStandardSchema(first) ? first : undefined;
  let lastEvent: CloudEvent | undefined;
  let lastChecked: CloudEvent<T> | undefined;
  const source = (schema === undefined ? (first as EventTypeOptions | undefined) : second)?.source;
  return {
    type,
    schema,
    source,
    create(data, attributes) {
      // Most events have no attributes of their own, and objects of one shape are faster to write.
      if (attributes === undefined) return source === undefined ? { type, data } : { source, type, data };
      return { ...(source === undefined ? {} : { source }), ...attributes, type, data };
    },
    is: (event): event is CloudEvent<T> => event.type === type,
    // Safe: without a schema, the caller of eventType<T> guarantees T.
    check(event) {
      if (schema === undefined) return event as CloudEvent<T>;
      // The forwarder and every receiving function check the same event, one right after the other.
      if (event !== lastEvent || lastChecked === undefined) {
        lastChecked = checkData(event, schema);
        lastEvent = event;
      }
      return lastChecked;
    },
  };
}

function checkData<T>(event: CloudEvent, schema: StandardSchemaV1<unknown, T>): CloudEvent<T> {
  const result = schema['~standard'].validate(event.data);
  if (isThenable(result)) {
    ignoreRejection(result);
    throw new StatefunError('EVENT_SCHEMA_ASYNC', `the schema of event type "${event.type}" returns a promise.`, {
      facts: { eventType: event.type },
    });
  }
  if (result.issues !== undefined) throw invalidData(event, result.issues);
  // Safe: the schema has just accepted the data as a T. Many schemas return a copy of equal data.
  if (isSameJson(result.value, event.data)) return event as CloudEvent<T>;
  return Object.freeze({ ...event, data: deepFreeze(result.value) });
}

function invalidData(event: CloudEvent, issues: readonly SchemaIssue[]): StatefunError {
  const problems = issues.map((issue) => `${fieldOf(issue)}: ${issue.message}`);
  return new StatefunError(
    'INVALID_EVENT_DATA',
    `event "${event.id}" of type "${event.type}" does not match its schema: ${problems.join('; ')}.`,
    {
      facts: { eventType: event.type, eventId: event.id, fields: issues.map(fieldOf), problems },
    },
  );
}

/** Returns the place of an issue, such as `data.items[0].price`. */
function fieldOf(issue: SchemaIssue): string {
  const keys = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
  return `data${keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')}`;
}
