/**
 * Returns a text that is safe to write to a terminal: characters that move the cursor, change colours, or hide or reorder other characters become
 * escapes such as `\u001b`. Line feeds and tabs stay. Ids, reasons and events come from outside and can contain any character.
 *
 * JSON keeps its meaning, because these characters occur only inside its strings.
 */
export function printable(text: string): string {
  return hidden.test(text) ? text.replace(everyHidden, escaped) : text;
}

/** Returns {@link printable} text for use inside a line: line feeds and tabs are escaped, too. */
export function printableLine(text: string): string {
  return printable(text).replace(/[\n\t]/g, (character) => (character === '\n' ? '\\n' : '\\t'));
}

/**
 * Matches control characters except line feed and tab, line and paragraph separators, marks and overrides of the writing direction, the byte
 * order mark, and lone surrogates.
 */
const pattern = '[\\0-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff\\p{Cs}]';
const hidden = new RegExp(pattern, 'u');
const everyHidden = new RegExp(pattern, 'gu');

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
