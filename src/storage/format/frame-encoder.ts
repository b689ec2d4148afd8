import { assertInvariant, StatefunError } from '../../shared/errors.ts';
import { commitBytesMax, nameBytesMax, valueBytesMax } from '../store-limits.ts';
import type { StoreChange, WritableValue } from '../store.ts';
import { entryHeaderBytes, writeEntryHeader } from './entry-format.ts';
import { frameHeaderBytes, writeFrameHeader } from './frame-format.ts';
import { markWords, namesWanted, type UnsealedFrame } from './unsealed-frame.ts';

/** Initial size of the area, 256 KiB: about a thousand small entries. */
const areaBytesInitial = 256 * 1024;

/** An area larger than 8 MiB is not used again, so that one large commit does not keep its memory. */
const areaBytesKept = 8 * 1024 * 1024;

/** Initial number of marks: as many small entries as the first area takes. */
const marksInitial = 1_024;

/**
 * Encodes commits as frames, in one pass, into memory that the writer's thread reads in place. Checksums are left to the writer; see
 * {@link FrameSeal}.
 *
 * STORE-E1. All frames use one area, so a frame is encoded only when the writer has returned the one before.
 */
export class FrameEncoder {
  #memory = new SharedArrayBuffer(0);
  /** Two views of all of it. */
  #bytes = Buffer.from(this.#memory);
  #view = new DataView(this.#memory);
  #marks = new Int32Array(new SharedArrayBuffer(marksInitial * markWords * 4));
  #end = 0;
  #commitLow = 0;
  #commitHigh = 0;
  /** Whether the writer has the area. */
  #given = false;
  /** The collection that was checked last: entries of one collection often follow each other. */
  #collection = '';

  /** The frame is the caller's until {@link take}. */
  encode(commit: number, changes: readonly StoreChange[]): UnsealedFrame {
    assertInvariant(!this.#given, 'a frame is encoded when the writer has returned the one before');
    if (this.#bytes.length === 0) this.#useArea(areaBytesInitial);
    if (this.#marks.length < changes.length * markWords)
      this.#marks = new Int32Array(new SharedArrayBuffer(Math.max(changes.length, (this.#marks.length / markWords) * 2) * markWords * 4));
    this.#end = frameHeaderBytes;
    this.#commitLow = commit >>> 0;
    this.#commitHigh = Math.floor(commit / 0x1_0000_0000);
    let mark = 0;
    for (const change of changes) {
      const { entry } = change;
      this.#marks[mark] = entry === undefined || entry.slot === 0 ? this.#end | namesWanted : this.#end;
      mark += markWords;
      this.#writeEntry(change);
    }
    writeFrameHeader(this.#view, this.#end - frameHeaderBytes, commit, changes.length);
    this.#given = true;
    return { area: this.#memory, byteLength: this.#end, entries: changes.length, marks: this.#marks };
  }

  /** Takes the frame back, which the writer has returned. */
  take(): void {
    this.#given = false;
    if (this.#bytes.length > areaBytesKept) this.#useArea(0);
  }

  #writeEntry({ collection, key, value, ascii }: StoreChange): void {
    if (collection !== this.#collection) {
      ensureName(collection);
      this.#collection = collection;
    }
    ensureName(key);
    ensureValue(value, collection);
    if (this.#end + entryHeaderBytes + roomOf(collection) + roomOf(key) + roomOf(value) > this.#bytes.length)
      this.#grow(entryHeaderBytes + bytesOf(collection) + bytesOf(key) + bytesOf(value));
    const start = this.#end;
    const bytes = this.#bytes;
    const keyStart = start + entryHeaderBytes + bytes.write(collection, start + entryHeaderBytes);
    const valueStart = keyStart + bytes.write(key, keyStart);
    this.#end = valueStart + (value === undefined ? 0 : this.#writeValue(value, valueStart, ascii === true));
    writeEntryHeader(this.#view, start, {
      commitLow: this.#commitLow,
      commitHigh: this.#commitHigh,
      collectionBytes: keyStart - start - entryHeaderBytes,
      keyBytes: valueStart - keyStart,
      valueBytes: value === undefined ? undefined : this.#end - valueStart,
    });
  }

  #writeValue(value: string | Uint8Array | WritableValue, start: number, ascii: boolean): number {
    const bytes = this.#bytes;
    // Latin-1 has one byte for each of these characters, the same as in UTF-8, and is copied as it is.
    if (typeof value === 'string') return ascii ? bytes.write(value, start, 'latin1') : bytes.write(value, start);
    if ('encodeInto' in value) return value.encodeInto(bytes, start) - start;
    bytes.set(value, start);
    return value.byteLength;
  }

  /** Makes room for so many bytes behind the end. */
  #grow(bytes: number): void {
    const needed = this.#end + bytes;
    const before = this.#bytes;
    if (needed <= before.length) return;
    if (needed > commitBytesMax) {
      const summary = `a commit has more than ${commitBytesMax} bytes.`;
      throw new StatefunError('COMMIT_TOO_LARGE', summary, { facts: { commitBytesMax } });
    }
    this.#useArea(Math.min(Math.max(needed, before.length * 2), commitBytesMax));
    before.copy(this.#bytes, 0, 0, this.#end);
  }

  #useArea(bytes: number): void {
    this.#memory = new SharedArrayBuffer(bytes);
    this.#bytes = Buffer.from(this.#memory);
    this.#view = new DataView(this.#memory);
  }
}

/** Returns the most bytes that a value can take, without measuring it: UTF-8 needs up to three bytes for a UTF-16 unit. */
function roomOf(value: StoreChange['value']): number {
  if (value === undefined) return 0;
  if (typeof value === 'string') return value.length * 3;
  return 'encodeInto' in value ? value.encodedBytesMax : value.byteLength;
}

function bytesOf(value: StoreChange['value']): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : roomOf(value);
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
  if (roomOf(value) <= valueBytesMax) return;
  const bytes = bytesOf(value);
  if (bytes <= valueBytesMax) return;
  const summary = `a value of "${collection.slice(0, 100)}" has ${bytes} bytes; an entry takes at most ${valueBytesMax}.`;
  throw new StatefunError('VALUE_TOO_LARGE', summary, { facts: { collection: collection.slice(0, 100), bytes, valueBytesMax } });
}
