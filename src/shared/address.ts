import { describe, StatefunError } from './errors.ts';

/** Where a message goes: a function type (`namespace/name`) and an id. */
export interface Address {
  readonly type: string;
  readonly id: string;
}

/** The longest id, in UTF-8 bytes: it is part of every record an address writes. */
export const addressIdBytesMax = 65_536;

/** Whether a text is a function type or egress id: namespace, one slash, name. */
export function isFunctionType(type: unknown): type is string {
  if (typeof type !== 'string') return false;
  const slash = type.indexOf('/');
  return slash > 0 && slash < type.length - 1 && type.indexOf('/', slash + 1) === -1 && !/[\s\0]/.test(type);
}

/** Throws INVALID_FUNCTION_TYPE unless the text is `namespace/name`. */
export function ensureFunctionType(type: unknown, where: string): string {
  if (isFunctionType(type)) return type;
  throw new StatefunError('INVALID_FUNCTION_TYPE', `${describe(type)} is not a function type (${where}).`, { facts: { type, where } });
}

/** Whether a text can be the id of an address: not empty, not too long, and writable as UTF-8. */
export function isAddressId(id: unknown): id is string {
  if (typeof id !== 'string' || id === '') return false;
  return (id.length <= addressIdBytesMax / 3 || Buffer.byteLength(id) <= addressIdBytesMax) && id.isWellFormed();
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

/** The inverse of {@link formatAddress}. */
export function parseAddress(text: string): Address {
  const end = text.indexOf('/', text.indexOf('/') + 1);
  return { type: text.slice(0, end), id: text.slice(end + 1) };
}
