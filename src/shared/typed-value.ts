/** A value and the name of its type, as StateFun carries messages and state. */
export interface TypedValue {
  /** `namespace/name`. */
  readonly typename: string;
  /** Tells a value of zero bytes, such as the number 0, from none. */
  readonly hasValue: boolean;
  readonly value: Uint8Array;
}
