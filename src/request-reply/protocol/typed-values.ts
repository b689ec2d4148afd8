import { isFunctionType } from '../../shared/address.ts';
import { describe, StatefunError } from '../../shared/errors.ts';
import type { TypedValue } from '../../shared/typed-value.ts';
import type { StateType } from '../../state/state-type.ts';
import { builtInTypeOf } from './built-in-types.ts';

/**
 * Returns the typename of a type in StateFun: `io.statefun.types/…` for built-in types, the typename that the type was created with, or
 * `statefun.types/` and the name of the type. Throws TYPENAME_INVALID.
 */
export function typenameOf<T>(type: StateType<T>): string {
  const builtIn = builtInTypeOf(type);
  if (builtIn !== undefined) return builtIn.typename;
  const { name, typename } = type;
  if (typename === undefined) return `statefun.types/${encodeURIComponent(name.toWellFormed())}`;
  if (isFunctionType(typename)) return typename;
  throw new StatefunError('TYPENAME_INVALID', `type "${name}" has the typename ${describe(typename)}.`, { facts: { name, typename } });
}

/**
 * Encodes a value with the name of its type, for messages and egress records.
 *
 * Throws STATE_NOT_SERIALIZABLE for a value that its type cannot represent, and TYPENAME_INVALID.
 */
export function typed<T>(type: StateType<T>, value: T): TypedValue {
  return { typename: typenameOf(type), hasValue: true, value: encodeValue(type, type.ensure(value)) };
}

/**
 * Decodes a typed value. Throws VALUE_TYPE_MISMATCH for another type, VALUE_MISSING for a typed value without a value, and VALUE_UNREADABLE for
 * bytes that the type cannot read.
 */
export function fromTypedValue<T>(type: StateType<T>, { typename, hasValue, value }: TypedValue): T {
  const expected = typenameOf(type);
  if (typename !== expected) {
    throw new StatefunError('VALUE_TYPE_MISMATCH', `a value of type "${typename}" is read as "${expected}".`, {
      facts: { typename, expected },
    });
  }
  if (!hasValue) throw new StatefunError('VALUE_MISSING', `a value of type "${typename}" is not set.`, { facts: { typename } });
  return decodeValue(type, value);
}

/** Encodes a value that its type has checked. */
export function encodeValue<T>(type: StateType<T>, value: T): Uint8Array {
  const builtIn = builtInTypeOf(type);
  if (builtIn !== undefined) return builtIn.encode(value);
  const encoded = type.encode(value);
  return typeof encoded === 'string' ? Buffer.from(encoded) : encoded;
}

/** Decodes the bytes of a value. Throws VALUE_UNREADABLE. */
export function decodeValue<T>(type: StateType<T>, bytes: Uint8Array): T {
  try {
    return (builtInTypeOf(type) ?? type).decode(bytes);
  } catch (cause) {
    const typename = typenameOf(type);
    throw new StatefunError('VALUE_UNREADABLE', `${bytes.byteLength} bytes cannot be read as "${typename}".`, {
      facts: { typename, bytes: bytes.byteLength },
      cause,
    });
  }
}
