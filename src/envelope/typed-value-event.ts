import { deepFreeze } from '../shared/deep-freeze.ts';
import type { TypedValue } from '../shared/typed-value.ts';
import { decodeBuiltIn, encodeBuiltIn } from './built-in-values.ts';
import type { CloudEvent, NewEvent } from './cloud-event.ts';

/*
 * Conversion between events and the typed values of functions in other languages. Neither direction loses anything.
 *
 *   an event                      the typed value `io.cloudevents/CloudEvent`; its bytes are CloudEvents JSON in UTF-8
 *   a typed value                 an event whose type is the typename, whose source is `/statefun/typed-value`, and whose data is
 *                                 - the value of bool, int, float, double and string, and of long as decimal text
 *                                 - the value of a JSON object or array
 *                                 - in `data_base64`, the bytes of everything else
 *   an event of that source       the typed value whose typename is the type of the event
 */

/** Typename of events for functions in other languages. */
export const cloudEventTypename = 'io.cloudevents/CloudEvent';

/** Source of events that represent typed values. */
export const typedValueSource = '/statefun/typed-value';

/**
 * Creates an event that functions in other languages receive as a value with the name of its type. Bytes are sent as they are. Values of the types
 * `io.statefun.types/…` are encoded as StateFun does, all others as JSON.
 */
export function typedValue(typename: string, data: unknown): NewEvent {
  return { type: typename, source: typedValueSource, data };
}

/** Returns a typed value as an event for functions of this process. */
export function viewOfTypedValue({ typename, hasValue, value }: TypedValue, messageId: string | undefined): CloudEvent {
  const attributes = { specversion: '1.0', id: messageId ?? 'unnamed', source: typedValueSource, type: typename };
  const data = hasValue ? dataOf(typename, value) : undefined;
  // An event with binary data has no attribute `data`.
  if (data !== undefined) return deepFreeze({ ...attributes, datacontenttype: 'application/json', data });
  const view: Partial<CloudEvent> = hasValue ? { ...attributes, data_base64: Buffer.from(value).toString('base64') } : attributes;
  return deepFreeze(view as CloudEvent);
}

/** Returns an event as a typed value for functions in other languages. `texts` has its CloudEvents JSON, and the received text of its data, if any. */
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
  // No Protobuf message begins with these characters: both would be the tag of a group, which Protobuf abandoned many years ago.
  const first = value[0];
  if (first !== openingBrace && first !== openingBracket) return undefined;
  try {
    // Frozen inside the try: a value nested too deeply to be frozen is sent as bytes.
    return deepFreeze(JSON.parse(utf8.decode(value)) as unknown);
  } catch {
    return undefined;
  }
}

const openingBrace = 0x7b;
const openingBracket = 0x5b;
const utf8 = new TextDecoder('utf-8', { fatal: true });
