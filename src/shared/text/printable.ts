/**
 * A text as it may go to a terminal: characters that move the cursor, change colours, hide or reorder what stands beside them are written as
 * `\u001b`. Line feeds and tabs stay. Ids, reasons and events come from outside, and may hold anything.
 *
 * JSON stays JSON with the same meaning, since such characters stand only inside its strings.
 */
export function printable(text: string): string {
  return hidden.test(text) ? text.replace(everyHidden, escaped) : text;
}

/** The same for a value inside a line: a line feed would begin a line of its own, and a tab a column. */
export function printableLine(text: string): string {
  return printable(text).replace(/[\n\t]/g, (character) => (character === '\n' ? '\\n' : '\\t'));
}

/**
 * Control characters but line feed and tab, separators of lines and paragraphs, marks and overrides of the writing direction, the byte order
 * mark, and halves of surrogate pairs, which a terminal shows as something else.
 */
const pattern = '[\\0-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff\\p{Cs}]';
const hidden = new RegExp(pattern, 'u');
const everyHidden = new RegExp(pattern, 'gu');

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
