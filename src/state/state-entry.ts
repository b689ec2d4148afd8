/** An entry of an address's collection, read from a store. */
export interface StateEntry {
  readonly key: string;
  readonly value: Uint8Array;
}

/** A write to an entry of an address's collection. An undefined `value` removes the entry; text is stored as UTF-8. */
export interface StateChange {
  readonly key: string;
  readonly value: string | Uint8Array | undefined;
}
