import { deepFreeze } from '../shared/deep-freeze.ts';
import { StatefunError } from '../shared/errors.ts';
import { ignoreRejection, isThenable } from '../shared/thenable.ts';
import type { CloudEvent, EventAttributes, NewEvent } from './cloud-event.ts';
import { isSameJson } from './same-json.ts';
import { isStandardSchema, type SchemaIssue, type StandardSchemaV1 } from './standard-schema.ts';

export interface EventTypeOptions {
  /** The `source` of events that {@link EventType.create} makes. Left out: the function or forwarder that sends them. */
  readonly source?: string | undefined;
}

/** A type of event and what its data looks like: made by {@link eventType}, named in `@Handles` and `@Forwarder`. */
export interface EventType<T = unknown> {
  /** The `type` attribute. */
  readonly type: string;
  readonly schema: StandardSchemaV1<unknown, T> | undefined;
  readonly source: string | undefined;
  /** An event to send. Id, time and (unless the event type has one) source are filled in when it is sent; `attributes` go before all. */
  create(data: T, attributes?: EventAttributes): NewEvent<T>;
  /** Whether the event has this type. Its data is not looked at. */
  is(event: CloudEvent): event is CloudEvent<T>;
  /**
   * The event with its data checked: the event itself, unless the schema gives other data (defaults, conversions), which the answer then has.
   * Throws INVALID_EVENT_DATA, naming every field that is wrong, and EVENT_SCHEMA_ASYNC.
   */
  check(event: CloudEvent): CloudEvent<T>;
}

/** The event an event type stands for: `EventOf<typeof ProductChanged>`. */
export type EventOf<E> = E extends EventType<infer T> ? CloudEvent<T> : never;

/**
 * Names a type of event. With a schema (Zod, Valibot, ArkType or another Standard Schema) the data of every event is checked before a
 * handler or forwarder sees it; `eventType<T>(type)` checks nothing and takes your word for `T`.
 */
export function eventType<T>(type: string, schema: StandardSchemaV1<unknown, T>, options?: EventTypeOptions): EventType<T>;
export function eventType<T = unknown>(type: string, options?: EventTypeOptions): EventType<T>;
export function eventType<T>(
  type: string,
  first?: StandardSchemaV1<unknown, T> | EventTypeOptions,
  second?: EventTypeOptions,
): EventType<T> {
  // The overloads say that a schema that comes first is one of T.
  const schema = isStandardSchema(first) ? first : undefined;
  let lastEvent: CloudEvent | undefined;
  let lastChecked: CloudEvent<T> | undefined;
  const source = (schema === undefined ? (first as EventTypeOptions | undefined) : second)?.source;
  return {
    type,
    schema,
    source,
    create: (data, attributes = {}) => ({ ...(source === undefined ? {} : { source }), ...attributes, type, data }),
    is: (event): event is CloudEvent<T> => event.type === type,
    // Without a schema the caller of eventType<T> vouches for T.
    check(event) {
      if (schema === undefined) return event as CloudEvent<T>;
      // An event on its way is checked by its forwarder and by every function it reaches, one right after the other.
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
    throw new StatefunError('EVENT_SCHEMA_ASYNC', `the schema of event type "${event.type}" answers with a promise.`, {
      facts: { eventType: event.type },
    });
  }
  if (result.issues !== undefined) throw invalidData(event, result.issues);
  // The schema has just found the data to be a T as it is. Many give a copy of what they have checked.
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

/** Where the issue is: `data.items[0].price`. */
function fieldOf(issue: SchemaIssue): string {
  const keys = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
  return `data${keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')}`;
}
