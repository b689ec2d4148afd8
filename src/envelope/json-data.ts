import { checkJson } from './freeze-json.ts';
import { typedValueSource } from './typed-value-event.ts';

/**
 * A checked event whose data is JSON in `data_base64`, with a content type that says so, with its `data` in place of the bytes: handlers see
 * it like data that came as JSON. Any other event is returned as it is, also one whose bytes are no JSON in UTF-8.
 */
export function withJsonData<E extends object>(event: E): E {
  const text = base64JsonText(event);
  if (text === undefined) return event;
  const { data_base64: _, ...attributes } = event as E & { readonly data_base64: string };
  // Safe: data takes the place of what stands for it.
  return { ...attributes, data: JSON.parse(text) as unknown } as unknown as E;
}

/** The JSON text that the bytes of an event are; undefined for an event with other data, or with none. */
export function base64JsonText(event: object): string | undefined {
  const { data, data_base64: base64, datacontenttype, source } = event as Readonly<Record<string, unknown>>;
  if (data !== undefined || typeof base64 !== 'string' || typeof datacontenttype !== 'string') return undefined;
  if (!jsonContentType.test(datacontenttype) || source === typedValueSource) return undefined;
  try {
    const text = utf8.decode(Buffer.from(base64, 'base64'));
    checkJson({ data: JSON.parse(text) as unknown });
    return text;
  } catch {
    // Not what the content type says, or nested too deeply: the bytes stay what they are.
    return undefined;
  }
}

/** A media type of JSON, or of a format that is JSON, whatever its parameters. */
const jsonContentType = /^\s*[^\s/;]+\/(?:[^\s/;]+\+)?json\s*(?:;|$)/i;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
