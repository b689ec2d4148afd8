import { keepsNumbers } from '../envelope/json-text.ts';

/** Bytes that are not JSON, as tools show them: as text, or else in Base64. */
export type ShownBytes = { readonly $text: string } | { readonly $base64: string };

/**
 * Returns a stored value as tools show it. The folder does not contain the types of cells: JSON is shown as JSON, other text as `{ $text }`, and
 * anything else as `{ $base64 }`. JSON with a number that JavaScript would change, such as a 64-bit integer, is shown as `{ $text }`.
 */
export function shownValue(bytes: Uint8Array): unknown {
  const text = toText(bytes);
  if (text === undefined) return { $base64: Buffer.from(bytes).toString('base64') } satisfies ShownBytes;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'number' ? String(value) === text : keepsNumbers(text)) return value;
  } catch {
    // Not JSON.
  }
  return { $text: text } satisfies ShownBytes;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Returns the text; undefined when the bytes are not UTF-8 or contain control characters. */
function toText(bytes: Uint8Array): string | undefined {
  try {
    const text = decoder.decode(bytes);
    // Control characters other than tab and line ends.
    return /[\0-\x08\x0b\x0c\x0e-\x1f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
