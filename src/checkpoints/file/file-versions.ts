import { listAll, type ObjectStorage, type ObjectVersion, type VersionedObject } from '../object-storage.ts';

/** Earlier versions that stay, so that a reader finds the one that it saw in the list. */
const earlierVersions = 8;

/*
 * An object in versions, each a file whose name is the key and a number: `lease/0000000000000042`. The highest number is the present version.
 *
 * A version is replaced by creating the next number, which only one process can do. A process that has slept since it read the version may create
 * a number that existed and was removed: then a higher one exists, and its own counts for nobody.
 */
export class FileVersions implements VersionedObject {
  readonly #storage: ObjectStorage;
  readonly #key: string;

  constructor(storage: ObjectStorage, key: string) {
    this.#storage = storage;
    this.#key = key;
  }

  async read(): Promise<ObjectVersion | undefined> {
    for (;;) {
      const newest = (await this.#numbers()).at(-1);
      if (newest === undefined) return undefined;
      const bytes = await this.#storage.get(this.#keyOf(newest));
      // Removed between the two calls: many newer ones exist.
      if (bytes !== undefined) return { bytes, version: String(newest) };
    }
  }

  async replace(bytes: Uint8Array, version: string | undefined): Promise<string | undefined> {
    const number = version === undefined ? 1 : Number(version) + 1;
    if (!(await this.#storage.put(this.#keyOf(number), bytes, { absent: true }))) return undefined;
    const numbers = await this.#numbers();
    if (numbers.at(-1) !== number) {
      await this.#storage.delete(this.#keyOf(number));
      return undefined;
    }
    for (const earlier of numbers.slice(0, -1 - earlierVersions)) await this.#storage.delete(this.#keyOf(earlier));
    return String(number);
  }

  #keyOf(number: number): string {
    return `${this.#key}/${String(number).padStart(16, '0')}`;
  }

  async #numbers(): Promise<readonly number[]> {
    const prefix = `${this.#key}/`;
    const objects = await listAll(this.#storage, prefix);
    return objects.map(({ key }) => Number(key.slice(prefix.length))).filter((number) => Number.isSafeInteger(number));
  }
}
