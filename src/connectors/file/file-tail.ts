import type { FileHandle } from 'node:fs/promises';
import { eventIdOf } from './record-line.ts';

/** Bytes at the end that are searched for written records: several batches. More costs time at start and memory. */
const tailBytesMax = 4 * 1024 * 1024;
const chunkBytes = 64 * 1024;
const newline = 0x0a;

/** Cuts the text after the last line end, which a crash left. Returns the remaining size in bytes. */
export async function cutTornLine(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - chunkBytes);
    const chunk = await readRange(file, start, end);
    const lastNewline = chunk.lastIndexOf(newline);
    if (lastNewline !== -1) {
      end = start + lastNewline + 1;
      break;
    }
    end = start;
  }
  if (end < size) {
    await file.truncate(end);
    await file.datasync();
  }
  return end;
}

/** Returns the event ids of the last lines. */
export async function readTailIds(file: FileHandle, sizeBytes: number, format: 'cloudevent' | 'envelope'): Promise<ReadonlySet<string>> {
  const start = Math.max(0, sizeBytes - tailBytesMax);
  const lines = (await readRange(file, start, sizeBytes)).toString('utf8').split('\n');
  const ids = new Set<string>();
  for (const line of lines) {
    // The search limit may cut the first line, which then cannot be read.
    const id = line === '' ? undefined : eventIdOf(line, format);
    if (id !== undefined) ids.add(id);
  }
  return ids;
}

async function readRange(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.alloc(end - start);
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
