import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StatefunError, toError } from '../../shared/errors.ts';
import type { Egress, EgressRecord, RejectedRecord } from '../../egress/egress.ts';
import { isAtPath, openRegularFile } from './regular-file.ts';
import { cutTornLine, readTailIds } from './file-tail.ts';
import { toLine } from './record-line.ts';

/** Options of `fileEgress`. */
export interface FileEgressOptions {
  /** The path of a regular file. A missing file is created; its folder must exist. */
  readonly path: string;
  /** The format of a line: `'cloudevent'` writes JSON, `'envelope'` Base64. @defaultValue `'cloudevent'` */
  readonly format?: 'cloudevent' | 'envelope';
}

/**
 * Creates an egress that appends a line to a file for each record, and acknowledges the record when the line is on disk.
 *
 * Records are written effectively once if nothing else writes the file. An unfinished line of a crash is cut, and a record that may already
 * have been written is skipped if its event id is in the last 4 MiB of the file. So no batch may be larger than that. After a rename, as by
 * log rotation, a new file is created at the path, and a restart looks for written records in the new file only.
 */
export function fileEgress(id: string, options: FileEgressOptions): Egress {
  return new FileEgress(id, options);
}

const nothingRejected: readonly RejectedRecord[] = [];
const deviceHint = 'Only a regular file can be made durable and its end read again. For a terminal or a pipe use stdoutEgress.';

/** @internal The class behind `fileEgress`. */
export class FileEgress implements Egress {
  readonly id: string;
  readonly description: string;
  readonly format?: 'cloudevent' | 'envelope';
  readonly #path: string;
  #file: FileHandle | undefined;
  /** Event ids at the end of the file, when it was last read. */
  #tailIds: ReadonlySet<string> = new Set();
  /** Whether a write failed half-way, so that the end of the file must be read before the next write. */
  #mustRecover = false;
  #failure: StatefunError | undefined;

  constructor(id: string, options: FileEgressOptions) {
    this.id = id;
    this.#path = options.path;
    this.description = `file ${options.path}`;
    if (options.format !== undefined) this.format = options.format;
  }

  async start(): Promise<void> {
    this.#failure = undefined;
    try {
      await this.#open();
    } catch (error) {
      throw StatefunError.is(error) ? error : this.#toFailure('cannot be opened', error);
    }
  }

  async send(records: readonly EgressRecord[]): Promise<readonly RejectedRecord[]> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#file === undefined) throw new Error('start the file egress before sending');
    const file = await this.#current(this.#file);
    await this.#append(file, records);
    await this.#sync(file);
    const { nlink } = await file.stat();
    if (nlink === 0) throw this.#toFailure('was removed while it was written', new Error('its lines are lost'));
    return nothingRejected;
  }

  async stop(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #open(): Promise<FileHandle> {
    // Not 'a': a torn line must be read and cut too.
    const file = await openRegularFile(this.#path, 'a+', deviceHint);
    try {
      await syncFolder(this.#path);
      await this.#recover(file);
    } catch (error) {
      await file.close();
      throw error;
    }
    this.#mustRecover = false;
    this.#file = file;
    return file;
  }

  /** Returns the file at the path. Lines in a renamed file are not written again; the lines of a removed file are lost. */
  async #current(file: FileHandle): Promise<FileHandle> {
    try {
      if (await isAtPath(file, this.#path)) return file;
      const isRenamed = (await file.stat()).nlink > 0;
      if (isRenamed) await this.#recover(file);
      const idsBefore = isRenamed ? this.#tailIds : new Set<string>();
      const current = await this.#open();
      this.#tailIds = new Set([...idsBefore, ...this.#tailIds]);
      await file.close();
      return current;
    } catch (error) {
      throw StatefunError.is(error) ? error : this.#toFailure('cannot be opened', error);
    }
  }

  async #append(file: FileHandle, records: readonly EgressRecord[]): Promise<void> {
    try {
      if (this.#mustRecover) await this.#recover(file);
      const missing = records.filter((record) => !record.resent || !this.#tailIds.has(record.id));
      this.#mustRecover = true;
      if (missing.length > 0) await file.appendFile(missing.map(toLine).join(''));
      this.#mustRecover = false;
    } catch (error) {
      throw this.#toFailure('cannot be written', error);
    }
  }

  async #sync(file: FileHandle): Promise<void> {
    try {
      await file.datasync();
    } catch (error) {
      // After a failed sync, data in memory looks written and may never reach the disk: nothing is acknowledged from here on.
      this.#failure = this.#toFailure('cannot be made durable', error);
      throw this.#failure;
    }
  }

  async #recover(file: FileHandle): Promise<void> {
    const sizeBytes = await cutTornLine(file);
    this.#tailIds = await readTailIds(file, sizeBytes, this.format ?? 'cloudevent');
  }

  #toFailure(what: string, error: unknown): StatefunError {
    const text = `The file ${this.#path} ${what}: ${toError(error).message}`;
    return new StatefunError('EGRESS_FILE_FAILED', text, { facts: { path: this.#path }, cause: error });
  }
}

/** Makes the folder's entry of a new file durable. Windows cannot open folders, and writes their entries by itself. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
