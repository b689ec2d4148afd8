/**
 * Returns the text of an object's member in valid JSON, or undefined when there is none. Of several members with one name, it returns the last, as
 * `JSON.parse` does.
 */
export function memberText(json: string, name: string): string | undefined {
  let found: string | undefined;
  let at = afterBlanks(json, json.indexOf('{') + 1);
  while (json[at] === '"') {
    const keyEnd = stringEnd(json, at);
    const start = afterBlanks(json, afterBlanks(json, keyEnd) + 1);
    const end = valueEnd(json, start);
    if (isKey(json.slice(at, keyEnd), name)) found = json.slice(start, end);
    at = afterBlanks(json, end);
    if (json[at] === ',') at = afterBlanks(json, at + 1);
  }
  return found;
}

/** Returns whether JavaScript can read every number in a JSON text and write it again with the same significant digits. */
export function keepsNumbers(json: string): boolean {
  for (const [, number] of json.matchAll(numbers)) if (number !== undefined && !isExact(number)) return false;
  return true;
}

/** Matches strings, so that their content is skipped, and numbers with so many digits or such an exponent that a double may not hold them. */
const numbers = /"(?:[^"\\]|\\.)*"|(-?\d[\d.eE+-]{15,}|-?\d[\d.]*[eE][+-]?\d{3,})/g;

function isExact(number: string): boolean {
  return digitsOf(number) === digitsOf(String(Number(number)));
}

/** Returns the significant digits and the position of the decimal point: the same text for equal numbers. */
function digitsOf(number: string): string {
  const [mantissa = '', exponent = '0'] = number
    .replace('-', '')
    .toLowerCase()
    .split(/e(?=[+-]?\d+$)/);
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const leadingZeros = whole.length + fraction.length - digits.length;
  return `${digits.replace(/0+$/, '')} ${digits === '' ? 0 : whole.length - leadingZeros + Number(exponent)}`;
}

function isKey(written: string, name: string): boolean {
  return written.includes('\\') ? JSON.parse(written) === name : written.length === name.length + 2 && written.startsWith(name, 1);
}

function afterBlanks(json: string, start: number): number {
  let at = start;
  while (at < json.length && json.charCodeAt(at) <= space) at++;
  return at;
}

/** Returns the offset after the string that begins at `start`. */
function stringEnd(json: string, start: number): number {
  for (let at = start + 1; ; at++) {
    const code = json.charCodeAt(at);
    if (code === backslash) at++;
    else if (code === quote || at >= json.length) return at + 1;
  }
}

function valueEnd(json: string, start: number): number {
  const first = json.charCodeAt(start);
  if (first === quote) return stringEnd(json, start);
  if (first !== openBrace && first !== openBracket) {
    let at = start;
    while (at < json.length && !ends.has(json.charCodeAt(at))) at++;
    return at;
  }
  let depth = 0;
  for (let at = start; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === quote) at = stringEnd(json, at) - 1;
    else if (code === openBrace || code === openBracket) depth++;
    else if ((code === closeBrace || code === closeBracket) && --depth === 0) return at + 1;
  }
  return json.length;
}

const [space, quote, comma, backslash] = [0x20, 0x22, 0x2c, 0x5c];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];
/** Matches the end of a number, `true`, `false` or `null`. */
const ends: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, space, comma, closeBrace, closeBracket]);
