import type { FileHandle } from 'node:fs/promises';
import { eventIdOf } from './record-line.ts';

/** How much of the end is searched for records that may be there: several batches. More costs time at start and memory. */
const tailBytesMax = 4 * 1024 * 1024;
const chunkBytes = 64 * 1024;
const newline = 0x0a;

/** Cuts what stands behind the last line end: a crash interrupted that write. Answers with the size that is left. */
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

/** The event ids of the last lines. */
export async function readTailIds(file: FileHandle, sizeBytes: number, format: 'cloudevent' | 'envelope'): Promise<ReadonlySet<string>> {
  const start = Math.max(0, sizeBytes - tailBytesMax);
  const lines = (await readRange(file, start, sizeBytes)).toString('utf8').split('\n');
  const ids = new Set<string>();
  for (const line of lines) {
    // The first line may have been cut by the bound; it cannot be read then.
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
