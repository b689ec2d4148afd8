/** An entry of an address's collection, as a store hands it back. */
export interface StateEntry {
  readonly key: string;
  readonly value: Uint8Array;
}

/** Sets an entry of an address's collection, or removes it when `value` is undefined. Text is stored as UTF-8. */
export interface StateChange {
  readonly key: string;
  readonly value: string | Uint8Array | undefined;
}
