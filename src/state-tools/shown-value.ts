import { keepsNumbers } from '../envelope/json-text.ts';

/** Bytes that no JSON says better, as tools show them: what was text, or what is nothing but bytes. */
export type ShownBytes = { readonly $text: string } | { readonly $base64: string };

/**
 * What is stored of a value, as tools show it. The folder does not know the types of cells: what reads as JSON is shown as JSON, other text as
 * `{ $text }`, anything else as `{ $base64 }`. What holds a number that JavaScript would change, such as one of 64 bits, is text as a whole.
 */
export function shownValue(bytes: Uint8Array): unknown {
  const text = toText(bytes);
  if (text === undefined) return { $base64: Buffer.from(bytes).toString('base64') } satisfies ShownBytes;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'number' ? String(value) === text : keepsNumbers(text)) return value;
  } catch {
    // It is no JSON; what it is otherwise is said below.
  }
  return { $text: text } satisfies ShownBytes;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text, or undefined when the bytes are no UTF-8 or hold what no text has. */
function toText(bytes: Uint8Array): string | undefined {
  try {
    const text = decoder.decode(bytes);
    // Control characters other than tab and line ends.
    return /[\0-\x08\x0b\x0c\x0e-\x1f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
