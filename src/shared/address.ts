import { describe, StatefunError } from './errors.ts';

/** Where a message goes: a function type (`namespace/name`) and an id. */
export interface Address {
  readonly type: string;
  readonly id: string;
}

/** The longest id, in UTF-8 bytes: it is part of every record an address writes, and of the row of every subscription. */
export const addressIdBytesMax = 65_536;

/** The longest function type or egress id, in UTF-8 bytes. With the longest id it fits into every key of a store. */
export const functionTypeBytesMax = 1_024;

/**
 * Whether a text is a function type or egress id: namespace, one slash, name, at most {@link functionTypeBytesMax} bytes. A type is a name
 * that people write into code and that is part of URLs: it has no blanks, no control characters, no half of a surrogate pair, and neither
 * side of the slash is `.` or `..`.
 */
export function isFunctionType(type: unknown): type is string {
  if (typeof type !== 'string') return false;
  const slash = type.indexOf('/');
  if (slash <= 0 || slash === type.length - 1 || type.indexOf('/', slash + 1) !== -1) return false;
  return !/[\s\p{Cc}\p{Cs}]|^\.\.?\/|\/\.\.?$/u.test(type) && Buffer.byteLength(type) <= functionTypeBytesMax;
}

/** Throws INVALID_FUNCTION_TYPE unless the text is `namespace/name`. */
export function ensureFunctionType(type: unknown, where: string): string {
  if (isFunctionType(type)) return type;
  throw new StatefunError('INVALID_FUNCTION_TYPE', `${describe(type)} is not a function type (${where}).`, { facts: { type, where } });
}

/** Whether a text can be the id of an address: not empty, not too long, and writable as UTF-8. */
export function isAddressId(id: unknown): id is string {
  return isTextWithin(id, addressIdBytesMax) && id !== '' && id.isWellFormed();
}

/** Whether a value is a text of at most so many UTF-8 bytes; a short one need not be measured. */
export function isTextWithin(text: unknown, bytesMax: number): text is string {
  return typeof text === 'string' && (text.length <= bytesMax / 3 || Buffer.byteLength(text) <= bytesMax);
}

/** Throws INVALID_ADDRESS_ID unless the id can name an address. */
export function ensureAddressId(id: unknown, type: string): string {
  if (isAddressId(id)) return id;
  throw new StatefunError('INVALID_ADDRESS_ID', `${describeId(id)} cannot be the id of an address of type "${type}".`, { facts: { type } });
}

function describeId(id: unknown): string {
  if (typeof id !== 'string') return describe(id);
  if (id === '') return 'the empty string';
  return id.isWellFormed() ? `a text of ${Buffer.byteLength(id)} bytes` : 'a text with half a surrogate pair';
}

/** The address as text, `namespace/name/id`: for logs, and as the key of its state. Types have one slash, so it is unambiguous. */
export function formatAddress(address: Address): string {
  return `${address.type}/${address.id}`;
}

/**
 * The address as the path of a URI, `/namespace/name/id`, each character that a path cannot hold percent-encoded: the default source of what
 * the address sends. Slashes of the id stay, since nothing but the id can follow the type.
 */
export function addressPath(address: Address): string {
  return `/${encodePath(address.type)}/${encodePath(address.id)}`;
}

/** A text as a piece of the path of a URI: slashes stay, and so does everything else that RFC 3986 lets stand in a path, except `%`. */
export function encodePath(text: string): string {
  if (plainPath.test(text)) return text;
  return encodeURIComponent(text.toWellFormed()).replace(escapedPathCharacter, decodeURIComponent);
}

const plainPath = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/]*$/;
/** The characters that encodeURIComponent escapes although a path may hold them: `$&+,/:;=@`. */
const escapedPathCharacter = /%(?:24|26|2B|2C|2F|3A|3B|3D|40)/g;

/** The inverse of {@link formatAddress}. */
export function parseAddress(text: string): Address {
  const end = text.indexOf('/', text.indexOf('/') + 1);
  return { type: text.slice(0, end), id: text.slice(end + 1) };
}
