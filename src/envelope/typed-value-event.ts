import { deepFreeze } from '../shared/deep-freeze.ts';
import type { TypedValue } from '../shared/typed-value.ts';
import { decodeBuiltIn, encodeBuiltIn } from './built-in-values.ts';
import type { CloudEvent, NewEvent } from './cloud-event.ts';

/*
 * How events and the typed values of functions in other languages stand for each other; neither direction loses anything.
 *
 *   an event                      the typed value `io.cloudevents/CloudEvent`, its bytes are the event as CloudEvents JSON in UTF-8
 *   a typed value                 an event whose type is the typename, whose source is `/statefun/typed-value`, and whose data is
 *                                 - the value of bool, int, float, double and string, and of long as decimal text
 *                                 - the value of a JSON object or array
 *                                 - in `data_base64`, the bytes of everything else
 *   an event of that source       the typed value whose typename is the type of the event
 */

/** The typename under which events travel to functions in other languages. */
export const cloudEventTypename = 'io.cloudevents/CloudEvent';

/** The source of events that are typed values. */
export const typedValueSource = '/statefun/typed-value';

/**
 * A message for a function in another language, or an answer to one: a value with the name of its type. Bytes travel as they are; the types
 * `io.statefun.types/…` are encoded as StateFun does, anything else as JSON.
 */
export function typedValue(typename: string, data: unknown): NewEvent {
  return { type: typename, source: typedValueSource, data };
}

/** The typed value as functions of this process see it. */
export function viewOfTypedValue({ typename, hasValue, value }: TypedValue, messageId: string | undefined): CloudEvent {
  const attributes = { specversion: '1.0', id: messageId ?? 'unnamed', source: typedValueSource, type: typename };
  const data = hasValue ? dataOf(typename, value) : undefined;
  // The attribute `data` is absent where the event has binary data, as in every event of that kind.
  if (data !== undefined) return deepFreeze({ ...attributes, datacontenttype: 'application/json', data });
  const view: Partial<CloudEvent> = hasValue ? { ...attributes, data_base64: Buffer.from(value).toString('base64') } : attributes;
  return deepFreeze(view as CloudEvent);
}

/** The event as functions in other languages get it; `texts` has its CloudEvents JSON, and its data if that has come as text. */
export function toTypedValue(event: CloudEvent, texts: { readonly payload: string; readonly dataText: string | undefined }): TypedValue {
  if (event.source !== typedValueSource) return { typename: cloudEventTypename, hasValue: true, value: Buffer.from(texts.payload) };
  const { type: typename, data, data_base64: base64 } = event;
  if (base64 !== undefined) return { typename, hasValue: true, value: Buffer.from(base64, 'base64') };
  if (data === undefined) return { typename, hasValue: false, value: new Uint8Array(0) };
  return { typename, hasValue: true, value: encodeBuiltIn(typename, data) ?? Buffer.from(texts.dataText ?? JSON.stringify(data)) };
}

function dataOf(typename: string, value: Uint8Array): unknown {
  const builtIn = decodeBuiltIn(typename, value);
  if (builtIn !== undefined) return builtIn;
  // No Protobuf message begins so: both characters would be the tag of a group, which Protobuf has not written for many years.
  const first = value[0];
  if (first !== openingBrace && first !== openingBracket) return undefined;
  try {
    // Frozen here: what is nested too deeply to be frozen travels as bytes.
    return deepFreeze(JSON.parse(utf8.decode(value)) as unknown);
  } catch {
    return undefined;
  }
}

const openingBrace = 0x7b;
const openingBracket = 0x5b;
const utf8 = new TextDecoder('utf-8', { fatal: true });
