import { checkJson } from './freeze-json.ts';
import { typedValueSource } from './typed-value-event.ts';

/**
 * Replaces the bytes in `data_base64` of a checked event with parsed `data` when its content type is JSON, so that handlers see all JSON data in one
 * form. Any other event is returned as it is, including one whose bytes are not JSON in UTF-8.
 */
export function withJsonData<E extends object>(event: E): E {
  const text = base64JsonText(event);
  if (text === undefined) return event;
  const { data_base64: _, ...attributes } = event as E & { readonly data_base64: string };
  // Safe: `data` replaces `data_base64`.
  return { ...attributes, data: JSON.parse(text) as unknown } as unknown as E;
}

/** Returns the bytes of an event as JSON text, or undefined when its data is not JSON bytes. */
export function base64JsonText(event: object): string | undefined {
  const { data, data_base64: base64, datacontenttype, source } = event as Readonly<Record<string, unknown>>;
  if (data !== undefined || typeof base64 !== 'string' || typeof datacontenttype !== 'string') return undefined;
  if (!jsonContentType.test(datacontenttype) || source === typedValueSource) return undefined;
  try {
    const text = utf8.decode(Buffer.from(base64, 'base64'));
    checkJson({ data: JSON.parse(text) as unknown });
    return text;
  } catch {
    // The content type is wrong, or the JSON is nested too deeply: the bytes stay.
    return undefined;
  }
}

/** Matches the media type of JSON and of formats based on it, with any parameters. */
const jsonContentType = /^\s*[^\s/;]+\/(?:[^\s/;]+\+)?json\s*(?:;|$)/i;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
