// Building blocks of the golden vectors, derived by hand from the field numbers and wire types of the protocol.

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
export const bytesOf = (...parts: readonly string[]): Uint8Array => new Uint8Array(Buffer.from(parts.join('').replaceAll(' ', ''), 'hex'));
const text = (value: string): string => Buffer.from(value).toString('hex');

/** `io.statefun.types/int`, 21 bytes. */
export const intTypename = text('io.statefun.types/int');
/** `io.statefun.types/string`, 24 bytes. */
export const stringTypename = text('io.statefun.types/string');
/** Address(example, person, Bob), 22 bytes. */
export const person = '0A076578616D706C65 1206706572736F6E 1A03426F62';
/** Address(example, greeter, Bob), 23 bytes. */
export const greeter = '0A076578616D706C65 120767726565746572 1A03426F62';
/** int 1, 32 bytes. */
export const intOne = `0A15 ${intTypename} 1001 1A05 0D01000000`;
/** string "hi", 34 bytes. */
export const stringHi = `0A18 ${stringTypename} 1001 1A04 0A026869`;
/** The text `visits`, with its length. */
export const visits = `06 ${text('visits')}`;
