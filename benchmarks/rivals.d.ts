// Types of the other stores, as far as the benchmark uses them. `npm run bench -- store` installs these stores, and nothing else needs them.

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
