import { StatefunError } from '../../shared/errors.ts';
import { frameHeaderBytes, writeFrameHeader } from './frame-format.ts';
import { entryHeaderBytes, writeEntryHeader } from './entry-format.ts';
import { commitBytesMax, nameBytesMax, valueBytesMax } from '../store-limits.ts';
import type { StoreChange, WritableValue } from '../store.ts';

/** Initial size of the buffer, 64 KiB: a few hundred small entries. */
const bufferBytesInitial = 64 * 1024;

/** A buffer larger than 8 MiB is not used again, so that one large commit does not keep its memory. */
const bufferBytesKept = 8 * 1024 * 1024;

/** Up to this length the size of a text is estimated as three bytes per UTF-16 unit, the most UTF-8 needs. Longer texts are measured. */
const unmeasuredTextLengthMax = 1024;

/** Encodes commits as frames. All frames use one buffer, which {@link FrameEncoder.recycle} returns after a frame was written. */
export class FrameEncoder {
  readonly #checksumSeed: number;
  #buffer: Buffer<ArrayBuffer> | undefined;
  #end = 0;

  constructor(checksumSeed: number) {
    this.#checksumSeed = checksumSeed;
  }

  /**
   * Returns the frame as the only view of its ArrayBuffer, so that it can move to another thread. The caller owns the buffer from then on
   * and returns it with {@link recycle}.
   */
  encode(commit: number, changes: readonly StoreChange[]): Buffer<ArrayBuffer> {
    let buffer = (this.#buffer ??= Buffer.allocUnsafeSlow(bufferBytesInitial));
    this.#end = frameHeaderBytes;
    for (const change of changes) buffer = this.#writeEntry(buffer, commit, change);
    const bytes = buffer.subarray(0, this.#end);
    writeFrameHeader(bytes, commit, changes.length, this.#checksumSeed);
    this.#buffer = undefined;
    return bytes;
  }

  recycle(buffer: ArrayBuffer): void {
    if (buffer.byteLength <= bufferBytesKept) this.#buffer = Buffer.from(buffer);
  }

  #writeEntry(buffer: Buffer<ArrayBuffer>, commit: number, { collection, key, value }: StoreChange): Buffer<ArrayBuffer> {
    const start = this.#end;
    ensureName(collection);
    ensureName(key);
    ensureValue(value, collection);
    const target = this.#reserve(buffer, entryHeaderBytes + roomOf(collection) + roomOf(key) + roomOf(value));
    this.#end += entryHeaderBytes;
    const collectionBytes = this.#writeValue(target, collection);
    const keyBytes = this.#writeValue(target, key);
    const valueBytes = value === undefined ? undefined : this.#writeValue(target, value);
    writeEntryHeader(target, start, { commit, collectionBytes, keyBytes, valueBytes, checksumSeed: this.#checksumSeed });
    return target;
  }

  #writeValue(buffer: Buffer, value: string | Uint8Array | WritableValue): number {
    const start = this.#end;
    if (typeof value === 'string') {
      this.#end += buffer.write(value, start);
    } else if ('encodeInto' in value) {
      this.#end = value.encodeInto(buffer, start);
    } else {
      buffer.set(value, start);
      this.#end += value.byteLength;
    }
    return this.#end - start;
  }

  #reserve(buffer: Buffer<ArrayBuffer>, bytes: number): Buffer<ArrayBuffer> {
    const needed = this.#end + bytes;
    if (needed <= buffer.length) return buffer;
    if (needed > commitBytesMax) {
      const summary = `a commit has more than ${commitBytesMax} bytes.`;
      throw new StatefunError('COMMIT_TOO_LARGE', summary, { facts: { commitBytesMax } });
    }
    const larger = Buffer.allocUnsafeSlow(Math.min(Math.max(needed, buffer.length * 2), commitBytesMax));
    buffer.copy(larger, 0, 0, this.#end);
    return larger;
  }
}

function roomOf(value: StoreChange['value']): number {
  if (value === undefined) return 0;
  if (typeof value !== 'string') return 'encodeInto' in value ? value.encodedBytesMax : value.byteLength;
  return value.length <= unmeasuredTextLengthMax ? value.length * 3 : Buffer.byteLength(value);
}

/** Refuses names with half a surrogate pair: UTF-8 encodes every such half as the same replacement character, so two names would be one. */
function ensureName(name: string): void {
  // Every Node this package runs on has isWellFormed; the ES2023 library does not declare it.
  const isWellFormed = (name as unknown as { isWellFormed(): boolean }).isWellFormed();
  if (isWellFormed && (name.length * 3 <= nameBytesMax || Buffer.byteLength(name) <= nameBytesMax)) return;
  const reason = isWellFormed ? `has more than ${nameBytesMax} bytes` : 'holds half a surrogate pair';
  const text = `the name ${JSON.stringify(name.slice(0, 100))} of a collection or key ${reason}.`;
  throw new StatefunError('STORE_NAME_INVALID', text, { facts: { name: name.slice(0, 100), reason, nameBytesMax } });
}

function ensureValue(value: StoreChange['value'], collection: string): void {
  if (value === undefined || (typeof value === 'string' && value.length * 3 <= valueBytesMax)) return;
  const bytes = typeof value === 'string' ? Buffer.byteLength(value) : roomOf(value);
  if (bytes <= valueBytesMax) return;
  const summary = `a value of "${collection.slice(0, 100)}" has ${bytes} bytes; an entry takes at most ${valueBytesMax}.`;
  throw new StatefunError('VALUE_TOO_LARGE', summary, { facts: { collection: collection.slice(0, 100), bytes, valueBytesMax } });
}
