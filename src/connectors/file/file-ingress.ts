import type { FileHandle } from 'node:fs/promises';
import { byteOrderMarkBytes } from '../../shared/text/byte-order-mark.ts';
import { hasCode, StatefunError, toError } from '../../shared/errors.ts';
import { sleep, untilAborted } from '../../shared/time/sleep.ts';
import type { Ingress, IngressContext, IngressRecord } from '../../ingress/ingress.ts';
import type { RecordFormat } from '../../ingress/ingress.ts';
import { formatPosition, parsePosition, positionLost } from './file-position.ts';
import { ContentChanged, LineReader, type Line } from './line-reader.ts';
import { isAtPath, openRegularFile } from './regular-file.ts';

/** Options of `fileIngress`. */
export interface FileIngressOptions {
  /** The path of a regular file with one record per line: CloudEvents JSON, or Base64 with the format `'envelope'`. */
  readonly path: string;
  /** The id, unique in the application. Positions are stored under it, so it must not change. @defaultValue `file:` and the path */
  readonly id?: string;
  /** Waits for more lines at the end of the file. @defaultValue `false`: the ingress finishes at the end of the file */
  readonly follow?: boolean;
  /** Longest line, in bytes. The first 64 KiB of a longer line become a dead letter. @defaultValue 16 MiB */
  readonly lineBytesMax?: number;
  /** How records become events. @defaultValue `'cloudevent'` */
  readonly format?: RecordFormat;
}

/**
 * Creates an ingress that reads a file line by line. Lines end with LF or CRLF. Blank lines and a byte order mark at the beginning are
 * skipped. A last line without an end is a record, unless `follow` is set: then the ingress waits for its end.
 *
 * The position is the offset after a line. The identity of a record is the id of the ingress and the offset of its line. So lines may be
 * appended, but lines that were read must not change: a file that was rotated, replaced or shortened stops the engine with
 * INGRESS_POSITION_LOST, also at the next start, and no line is skipped silently. The start fails with INGRESS_FILE_MISSING if the file cannot
 * be opened, and with FILE_NOT_REGULAR for a pipe, a device or a folder.
 */
export function fileIngress(options: FileIngressOptions): Ingress {
  return new FileIngress(options);
}

/** Interval between reads of a followed file, in milliseconds: a balance of latency and wake-ups. */
const followIntervalMs = 200;
/** Most records of one delivery. */
const batchRecordsMax = 500;
const partition = 'file';
const pipeHint = 'Positions are offsets, which only a regular file has: write the records to a file, and follow it (follow: true).';

class FileIngress implements Ingress {
  readonly id: string;
  readonly description: string;
  readonly format?: RecordFormat;
  readonly #options: FileIngressOptions;
  #stopping = new AbortController();
  #reading: Promise<void> | undefined;

  constructor(options: FileIngressOptions) {
    this.#options = options;
    this.id = options.id ?? `file:${options.path}`;
    this.description = `file ${options.path}`;
    if (options.format !== undefined) this.format = options.format;
  }

  async start(context: IngressContext): Promise<void> {
    this.#stopping = new AbortController();
    const { path, lineBytesMax = 16 * 1024 * 1024 } = this.#options;
    const position = parsePosition(path, context.positions.get(partition) ?? '0');
    const file = await openFile(path);
    let reader: LineReader;
    try {
      reader = await LineReader.open(file, position, lineBytesMax);
    } catch (error) {
      const failure = error instanceof ContentChanged ? await positionLost(file, path, position.offset) : readFailed(path, error);
      await file.close();
      throw failure;
    }
    const signal = AbortSignal.any([context.signal, this.#stopping.signal]);
    this.#reading = this.#read(file, reader, context, signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the ingress stops'));
    await this.#reading;
  }

  async #read(opened: FileHandle, reader: LineReader, context: IngressContext, signal: AbortSignal): Promise<void> {
    let file = opened;
    try {
      for (;;) {
        signal.throwIfAborted();
        const lines = await reader.read();
        if (lines !== undefined) await this.#deliver(lines, context, signal);
        else if (this.#options.follow === true) {
          await sleep(context.clock, followIntervalMs, signal);
          file = await this.#follow(file, reader);
        } else break;
      }
      const rest = reader.takeRest();
      if (rest !== undefined) await this.#deliver([rest], context, signal);
      context.finished();
    } catch (error) {
      if (!signal.aborted) context.failed(await this.#toFailure(error, file, reader.offset));
    } finally {
      await file.close();
    }
  }

  /** Returns the file at the path, or the open one if there is none. Editors often write a new file in place of the old one. */
  async #follow(file: FileHandle, reader: LineReader): Promise<FileHandle> {
    const { path } = this.#options;
    if (await isAtPath(file, path)) return file;
    let current: FileHandle;
    try {
      current = await openFile(path);
    } catch (error) {
      if (hasCode(error, 'INGRESS_FILE_MISSING')) return file;
      throw error;
    }
    reader.moveTo(current);
    await file.close();
    return current;
  }

  async #toFailure(error: unknown, file: FileHandle, offset: number): Promise<Error> {
    if (error instanceof ContentChanged) return await positionLost(file, this.#options.path, offset);
    return StatefunError.is(error) ? error : readFailed(this.#options.path, error);
  }

  async #deliver(lines: readonly Line[], context: IngressContext, signal: AbortSignal): Promise<void> {
    const records = lines
      .map(withoutMark)
      .filter((line) => !isBlank(line))
      .map((line) => this.#toRecord(line, context));
    for (let start = 0; start < records.length; start += batchRecordsMax) {
      signal.throwIfAborted();
      await untilAborted(context.deliver(records.slice(start, start + batchRecordsMax)), signal);
    }
  }

  #toRecord(line: Line, { logger }: IngressContext): IngressRecord {
    if (line.isTruncated) {
      const facts = { path: this.#options.path, offset: line.startOffset, bytes: line.endOffset - line.startOffset };
      const summary = `the line at byte ${facts.offset} of ${facts.path} has ${facts.bytes} bytes; only its beginning is delivered.`;
      logger.warn('a line is too long', { error: new StatefunError('INGRESS_LINE_TOO_LONG', summary, { facts }) });
    }
    return {
      partition,
      position: formatPosition(line.endOffset, line.bytesBefore),
      identity: `${this.id}@${line.startOffset}`,
      // Text that is not Base64 decodes to bytes that are no envelope, and becomes a dead letter.
      data: this.format === 'envelope' ? Buffer.from(line.data.toString('latin1'), 'base64') : line.data,
    };
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await openRegularFile(path, 'r', pipeHint);
  } catch (error) {
    if (StatefunError.is(error)) throw error;
    const text = `The file ${path} cannot be read: ${toError(error).message}`;
    throw new StatefunError('INGRESS_FILE_MISSING', text, { facts: { path }, cause: error });
  }
}

function readFailed(path: string, error: unknown): StatefunError {
  const text = `The file ${path} can no longer be read: ${toError(error).message}`;
  return new StatefunError('INGRESS_FILE_FAILED', text, { facts: { path }, cause: error });
}

/** The first line of a file may begin with a byte order mark, which is no part of the record. */
function withoutMark(line: Line): Line {
  return line.startOffset === 0 ? { ...line, data: line.data.subarray(byteOrderMarkBytes(line.data)) } : line;
}

/** Whether a line contains only spaces, tabs and carriage returns. A truncated line counts as not blank. */
function isBlank({ data, isTruncated }: Line): boolean {
  return !isTruncated && data.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
