import type {
  ByteRange,
  ListedObject,
  ObjectPage,
  ObjectStorage,
  PutOptions,
  VersionedObject,
} from '../../src/checkpoints/object-storage.ts';

/** The objects of a bucket in memory. Several storages may share them, as processes share a bucket. */
export class MemoryObjects {
  readonly objects = new Map<string, Buffer>();
  readonly versions = new Map<string, { readonly bytes: Buffer; readonly version: string }>();
  versionsMade = 0;

  /** Keys of the pieces of segments, in the order in which they were written. */
  get pieces(): readonly string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith('segments/'));
  }

  /** Keys of the manifests, oldest first. */
  get manifests(): readonly string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith('checkpoints/')).sort();
  }
}

/** Called before every request takes effect. It may wait, or throw. */
export type Fault = (operation: 'get' | 'head' | 'put' | 'list' | 'delete' | 'read' | 'replace', key: string) => Promise<void> | void;

/** A storage of objects in memory, with pages of ten objects and with faults. */
export class MemoryStorage implements ObjectStorage {
  readonly description = 's3://memory';
  readonly shared: MemoryObjects;
  /** Called before a request takes effect, and after it: then only the answer is lost. */
  before: Fault = () => undefined;
  after: Fault = () => undefined;

  constructor(shared = new MemoryObjects()) {
    this.shared = shared;
  }

  get(key: string, range?: ByteRange): Promise<Buffer | undefined> {
    return this.#do('get', key, () => this.shared.objects.get(key)?.subarray(range?.start ?? 0, range?.end));
  }

  head(key: string): Promise<ListedObject | undefined> {
    return this.#do('head', key, () => {
      const bytes = this.shared.objects.get(key)?.length;
      return bytes === undefined ? undefined : { key, bytes };
    });
  }

  put(key: string, bytes: Uint8Array, { absent = false }: PutOptions = {}): Promise<boolean> {
    return this.#do('put', key, () => {
      if (absent && this.shared.objects.has(key)) return false;
      this.shared.objects.set(key, Buffer.from(bytes));
      return true;
    });
  }

  versioned(key: string): VersionedObject {
    const { shared } = this;
    return {
      read: () => this.#do('read', key, () => shared.versions.get(key)),
      replace: (bytes, version) =>
        this.#do('replace', key, () => {
          if (shared.versions.get(key)?.version !== version) return undefined;
          shared.versionsMade += 1;
          const made = `v${shared.versionsMade}`;
          shared.versions.set(key, { bytes: Buffer.from(bytes), version: made });
          return made;
        }),
    };
  }

  list(prefix: string, from = ''): Promise<ObjectPage> {
    return this.#do('list', prefix, () => {
      const keys = [...this.shared.objects.keys()].filter((key) => key.startsWith(prefix) && key >= from).sort();
      const objects = keys.slice(0, 10).map((key) => ({ key, bytes: this.shared.objects.get(key)?.length ?? 0 }));
      return { objects, next: keys[10] };
    });
  }

  delete(key: string): Promise<void> {
    return this.#do('delete', key, () => void this.shared.objects.delete(key));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #do<T>(operation: Parameters<Fault>[0], key: string, work: () => T): Promise<T> {
    await this.before(operation, key);
    const result = work();
    await this.after(operation, key);
    return result;
  }
}
