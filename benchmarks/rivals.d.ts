// What the benchmark uses of the stores that it measures beside the log store. `npm run bench -- store` installs them, and nothing else needs
// them, so that they are described here.

declare module 'classic-level' {
  export class ClassicLevel<K, V> {
    constructor(folder: string);
    open(): Promise<void>;
    close(): Promise<void>;
    batch(operations: readonly { readonly type: 'put'; readonly key: K; readonly value: V }[], options: { sync: boolean }): Promise<void>;
    getMany(keys: K[]): Promise<(V | undefined)[]>;
  }
}

declare module 'lmdb' {
  export interface Database<V, K> {
    readonly flushed: Promise<boolean>;
    transaction(act: () => void): Promise<void>;
    put(key: K, value: V): Promise<boolean>;
    get(key: K): V | undefined;
    close(): Promise<void>;
  }
  export function open<V, K>(options: { readonly path: string; readonly encoding: 'string' }): Database<V, K>;
}
