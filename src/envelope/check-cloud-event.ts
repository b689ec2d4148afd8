import { describe, StatefunError } from '../shared/errors.ts';
import type { CloudEvent } from './cloud-event.ts';
import { isDateTime } from './date-time.ts';
import { isUri, isUriReference } from './uri.ts';

/**
 * Throws INVALID_CLOUD_EVENT, naming the attribute, unless the value is a CloudEvent 1.0.
 *
 * It accepts the same events as the `cloudevents` package (both its strict constructor and its `validate`), at a tenth of the cost. This includes
 * points that the specification leaves open: an optional attribute may be null, and an event may have both `data` and `data_base64`.
 */
export function checkCloudEvent(value: unknown): asserts value is CloudEvent {
  const event = ensureAttributes(value);
  checkRequired(event);
  for (const name in event) {
    const problem = attributeProblem(name, event[name]);
    if (problem !== undefined) throw invalid(name, problem, event);
  }
}

/** Returns the attributes of a possible event. Throws INVALID_CLOUD_EVENT for a value that is not an object. */
export function ensureAttributes(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  throw invalid(undefined, `is ${Array.isArray(value) ? 'an array' : describe(value)}`, {});
}

function checkRequired(event: Readonly<Record<string, unknown>>): void {
  if (event['specversion'] === undefined) throw invalid('specversion', 'is missing', event);
  if (event['id'] === undefined) throw invalid('id', 'is missing', event);
  if (event['type'] === undefined) throw invalid('type', 'is missing', event);
  if (event['source'] === undefined) throw invalid('source', 'is missing', event);
}

/** Returns the problem of an attribute, as the end of a sentence about it. */
function attributeProblem(name: string, value: unknown): string | undefined {
  switch (name) {
    case 'id':
    case 'type':
      return typeof value === 'string' && value !== '' ? undefined : notText(value);
    case 'specversion':
      return value === '1.0' ? undefined : `is ${describe(value)}, not "1.0"`;
    case 'source':
      if (typeof value !== 'string' || value === '') return notText(value);
      return isUriReference(value) ? undefined : `is ${describe(value)}, not a URI reference`;
    case 'subject':
    case 'datacontenttype':
      return value === null || value === undefined || (typeof value === 'string' && value !== '') ? undefined : notText(value);
    case 'dataschema':
      if (value === null || value === undefined) return undefined;
      if (typeof value !== 'string' || value === '') return notText(value);
      return isUri(value) ? undefined : `is ${describe(value)}, not an absolute URI`;
    case 'time':
      if (value === null || value === undefined) return undefined;
      if (typeof value !== 'string') return notText(value);
      return isDateTime(value) ? undefined : `is ${describe(value)}, not a date and time of RFC 3339`;
    case 'data':
      return isData(value) ? undefined : `is ${describe(value)}, not a value of JSON`;
    case 'data_base64':
      return value === null || value === undefined || (typeof value === 'string' && isBase64(value))
        ? undefined
        : `is ${describe(value)}, not base64 text`;
    case 'schemaurl':
      // An attribute of CloudEvents 0.3, replaced by dataschema.
      return value ? 'belongs to CloudEvents 0.3' : undefined;
    case 'datacontentencoding':
      // The package accepts this attribute of 0.3 with any value.
      return undefined;
    default:
      return extensionProblem(name, value);
  }
}

function extensionProblem(name: string, value: unknown): string | undefined {
  if (!isAttributeName(name)) return 'is not a name of lower-case letters and digits';
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'object':
      return undefined;
    case 'number':
      return Number.isInteger(value) ? undefined : `is ${value}; an extension may be text, a whole number or a boolean`;
    default:
      return `is ${describe(value)}; an extension may be text, a whole number or a boolean`;
  }
}

function isAttributeName(name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index);
    if ((code < 0x61 || code > 0x7a) && (code < 0x30 || code > 0x39)) return false;
  }
  return name !== '';
}

function isData(value: unknown): boolean {
  return typeof value === 'number'
    ? Number.isFinite(value)
    : typeof value !== 'bigint' && typeof value !== 'function' && typeof value !== 'symbol';
}

/** Returns whether `atob` can decode it, as in the package: blanks are skipped and the padding may be missing. */
function isBase64(text: string): boolean {
  const digits = /[\t\n\f\r ]/.test(text) ? text.replace(/[\t\n\f\r ]+/g, '') : text;
  const end = digits.length % 4 === 0 ? digits.length - (digits.endsWith('==') ? 2 : digits.endsWith('=') ? 1 : 0) : digits.length;
  return end % 4 !== 1 && !/[^A-Za-z0-9+/]/.test(digits.slice(0, end));
}

function notText(value: unknown): string {
  return value === '' ? 'is empty' : `is ${describe(value)}, not a text`;
}

function invalid(attribute: string | undefined, problem: string, event: Readonly<Record<string, unknown>>): StatefunError {
  const { id, type } = event;
  const which = typeof id === 'string' && id !== '' && attribute !== 'id' ? ` of event ${describe(id)}` : '';
  return new StatefunError(
    'INVALID_CLOUD_EVENT',
    attribute === undefined ? `the event ${problem}.` : `attribute ${describe(attribute)}${which} ${problem}.`,
    {
      facts: { attribute, eventId: id, eventType: type },
    },
  );
}
