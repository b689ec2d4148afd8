import { describe, StatefunError } from './errors.ts';

/** The target of a message: a function type (`namespace/name`) and an id. */
export interface Address {
  readonly type: string;
  readonly id: string;
}

/** Longest id, in UTF-8 bytes. The id is part of every log entry of its address, and of the row of every subscription. */
export const addressIdBytesMax = 65_536;

/** Longest function type or egress id, in UTF-8 bytes. Together with the longest id, it fits into every key of a store. */
export const functionTypeBytesMax = 1_024;

/**
 * Returns whether a text is a function type or egress id: namespace, one slash, name, at most {@link functionTypeBytesMax} bytes. Types appear in
 * code and in URLs, so they have no blanks, no control characters and no lone surrogates, and neither side of the slash is `.` or `..`.
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

/** Returns whether a text can be the id of an address: not empty, at most {@link addressIdBytesMax} bytes, and valid as UTF-8. */
export function isAddressId(id: unknown): id is string {
  return isTextWithin(id, addressIdBytesMax) && id !== '' && id.isWellFormed();
}

/** Returns whether a value is a text of at most `bytesMax` UTF-8 bytes. Short texts are not measured. */
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
  return id.isWellFormed() ? `a text of ${Buffer.byteLength(id)} bytes` : 'a text with a lone surrogate';
}

/** Returns the address as text, `namespace/name/id`, for logs and as the key of its state. It is unambiguous, because types have one slash. */
export function formatAddress(address: Address): string {
  return `${address.type}/${address.id}`;
}

/**
 * Returns the address as a URI path, `/namespace/name/id`, percent-encoded where a path requires it. It is the default source of events that the
 * address sends. Slashes in the id stay, because only the id follows the type.
 */
export function addressPath(address: Address): string {
  return `/${encodePath(address.type)}/${encodePath(address.id)}`;
}

/** Percent-encodes a text for use in a URI path. Slashes stay, and so does every other character that RFC 3986 allows in a path, except `%`. */
export function encodePath(text: string): string {
  if (plainPath.test(text)) return text;
  return encodeURIComponent(text.toWellFormed()).replace(escapedPathCharacter, decodeURIComponent);
}

const plainPath = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/]*$/;
/** Matches the escapes of characters that encodeURIComponent escapes and a path allows: `$&+,/:;=@`. */
const escapedPathCharacter = /%(?:24|26|2B|2C|2F|3A|3B|3D|40)/g;

/** Parses the text of {@link formatAddress}. */
export function parseAddress(text: string): Address {
  const end = text.indexOf('/', text.indexOf('/') + 1);
  return { type: text.slice(0, end), id: text.slice(end + 1) };
}
