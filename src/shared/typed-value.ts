/** A value and the name of its type, as StateFun carries messages and state. */
export interface TypedValue {
  /** `namespace/name`. */
  readonly typename: string;
  /** Tells a value of zero bytes, such as the number 0, from none. */
  readonly hasValue: boolean;
  readonly value: Uint8Array;
}

/** Whether a value is a typed value, and not one of an application. */
export function isTypedValue(value: unknown): value is TypedValue {
  if (typeof value !== 'object' || value === null) return false;
  const { typename, hasValue, value: bytes } = value as Partial<TypedValue>;
  return typeof typename === 'string' && typeof hasValue === 'boolean' && bytes instanceof Uint8Array;
}
