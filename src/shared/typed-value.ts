/** Bytes and the name of their type: the form in which StateFun sends messages and state. */
export interface TypedValue {
  /** `namespace/name`. */
  readonly typename: string;
  /** Distinguishes a value of zero bytes, such as the number 0, from no value. */
  readonly hasValue: boolean;
  readonly value: Uint8Array;
}

/** Returns whether a value has the shape of a typed value. */
export function isTypedValue(value: unknown): value is TypedValue {
  if (typeof value !== 'object' || value === null) return false;
  const { typename, hasValue, value: bytes } = value as Partial<TypedValue>;
  return typeof typename === 'string' && typeof hasValue === 'boolean' && bytes instanceof Uint8Array;
}
