import { open, type FileHandle } from 'node:fs/promises';
import { byteOrderMarkBytes } from '../../shared/byte-order-mark.ts';
import { StatefunError, toError } from '../../shared/errors.ts';
import { sleep, untilAborted } from '../../shared/sleep.ts';
import type { Ingress, IngressContext, IngressRecord } from '../../ingress/ingress.ts';
import type { RecordFormat } from '../../ingress/ingress.ts';
import { LineReader, type Line } from './line-reader.ts';

export interface FileIngressOptions {
  /** A file with one record a line: CloudEvents JSON, or Base64 where the format is `'envelope'`. */
  readonly path: string;
  /** Unique in the application; positions are kept under it, so it must not change. @defaultValue `file:` and the path */
  readonly name?: string;
  /** Waits for more lines at the end of the file. @defaultValue `false`: the engine is told that there is no more */
  readonly follow?: boolean;
  /** Longest line in bytes. Of longer ones the first 64 KiB are delivered, which become a dead letter. @defaultValue 16 MiB */
  readonly lineBytesMax?: number;
  /** How records become events. @defaultValue `'cloudevent'` */
  readonly format?: RecordFormat;
}

/**
 * Reads a file line by line. Lines end with LF or CRLF; blank ones are skipped, and so is a byte order mark at the beginning of the file. A last line without an end is a record, except when the
 * file is followed: then its end is awaited.
 *
 * The position is the offset behind a line, and the identity of a record is the name of the ingress and the offset of its line: so lines
 * may be appended, but what was read must not change. INGRESS_FILE_MISSING when it cannot be opened; INGRESS_POSITION_LOST when it is
 * shorter than what was read of it.
 */
export function fileIngress(options: FileIngressOptions): Ingress {
  return new FileIngress(options);
}

/** How often a followed file is looked at: a balance of latency and wake-ups. */
const followIntervalMs = 200;
/** Most records of one delivery. */
const batchRecordsMax = 500;
const partition = 'file';

class FileIngress implements Ingress {
  readonly name: string;
  readonly description: string;
  readonly format?: RecordFormat;
  readonly #options: FileIngressOptions;
  #stopping = new AbortController();
  #reading: Promise<void> | undefined;

  constructor(options: FileIngressOptions) {
    this.#options = options;
    this.name = options.name ?? `file:${options.path}`;
    this.description = `file ${options.path}`;
    if (options.format !== undefined) this.format = options.format;
  }

  async start(context: IngressContext): Promise<void> {
    this.#stopping = new AbortController();
    const offset = Number(context.positions.get(partition) ?? 0);
    const file = await openFile(this.#options.path);
    try {
      await this.#ensureNotShorter(file, offset);
    } catch (error) {
      await file.close();
      throw error;
    }
    const signal = AbortSignal.any([context.signal, this.#stopping.signal]);
    this.#reading = this.#read(file, offset, context, signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the ingress stops'));
    await this.#reading;
  }

  async #read(file: FileHandle, offset: number, context: IngressContext, signal: AbortSignal): Promise<void> {
    try {
      await this.#readLines(file, new LineReader(file, offset, this.#options.lineBytesMax ?? 16 * 1024 * 1024), context, signal);
      context.finished();
    } catch (error) {
      if (!signal.aborted) context.failed(StatefunError.is(error) ? error : readFailed(this.#options.path, error));
    } finally {
      await file.close();
    }
  }

  async #readLines(file: FileHandle, reader: LineReader, context: IngressContext, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const lines = await reader.read();
      if (lines !== undefined) await this.#deliver(lines, context, signal);
      else if (this.#options.follow === true) {
        await this.#ensureNotShorter(file, reader.offset);
        await sleep(context.clock, followIntervalMs, signal);
      } else break;
    }
    const rest = reader.takeRest();
    if (rest !== undefined) await this.#deliver([rest], context, signal);
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
      position: String(line.endOffset),
      identity: `${this.name}@${line.startOffset}`,
      // What is not Base64 decodes to bytes that are no envelope, and becomes a dead letter.
      data: this.format === 'envelope' ? Buffer.from(line.data.toString('latin1'), 'base64') : line.data,
    };
  }

  async #ensureNotShorter(file: FileHandle, offset: number): Promise<void> {
    const { size } = await file.stat();
    if (size >= offset) return;
    const text = `The file ${this.#options.path} has ${size} bytes, but ${offset} have been read.`;
    throw new StatefunError('INGRESS_POSITION_LOST', text, { facts: { path: this.#options.path, sizeBytes: size, offset } });
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    const text = `The file ${path} cannot be read: ${toError(error).message}`;
    throw new StatefunError('INGRESS_FILE_MISSING', text, { facts: { path }, cause: error });
  }
}

function readFailed(path: string, error: unknown): StatefunError {
  const text = `The file ${path} cannot be read any further: ${toError(error).message}`;
  return new StatefunError('INGRESS_FILE_FAILED', text, { facts: { path }, cause: error });
}

/** The first line of a file may begin with a byte order mark, which is no part of the record. */
function withoutMark(line: Line): Line {
  return line.startOffset === 0 ? { ...line, data: line.data.subarray(byteOrderMarkBytes(line.data)) } : line;
}

/** Spaces, tabs and carriage returns. A line that was cut has something in it, whatever its beginning looks like. */
function isBlank({ data, isTruncated }: Line): boolean {
  return !isTruncated && data.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
